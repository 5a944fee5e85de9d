import type { Append } from '../endpoint'
import { between, oneOf, seededRandom } from '../logs/random'
import type { LogSource } from '../logs/log'
import type { OrderBook } from './order-book'
import { placeOf } from './order-number'

const SEED = 20_260_102
const CITIES = ['杭州', '上海', '北京', '深圳', '成都'] as const

/** The orders of a made-up web shop; each is noted in the book as it is made. */
export function orderLogs(book: OrderBook): LogSource {
  const random = seededRandom(SEED)
  return () => ({
    order: book.give(),
    sku: `SKU-${between(random, 10_000, 10_800)}`,
    amount: (between(random, 900, 499_999) / 100).toFixed(2),
    city: oneOf(random, CITIES),
  })
}

/** Writes each order into the shard that its number tells. */
export function appendOrders(
  appendTo: (shard: number, ...args: Parameters<Append>) => Promise<void>,
): Append {
  return async (logs, time) => {
    const shardOf = (log: (typeof logs)[number]): number =>
      placeOf(typeof log === 'string' ? '' : (log['order'] ?? ''))?.shard ?? 0
    for (const shard of new Set(logs.map(shardOf))) {
      const share = logs.filter((log) => shardOf(log) === shard)
      await appendTo(shard, share, time)
    }
  }
}
