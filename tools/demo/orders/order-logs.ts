import { Random } from '../../shared/random'
import type { Append } from '../endpoint'
import type { LogSource } from '../logs/log'
import type { OrderBook } from './order-book'
import { placeOf } from './order-number'

const SEED = 20_260_102
const CITIES = ['杭州', '上海', '北京', '深圳', '成都'] as const

/** The orders of a made-up web shop; each is noted in the book and by `onOrder` as it is made. */
export function orderLogs(book: OrderBook, onOrder: (number: string) => void): LogSource {
  const random = new Random(SEED)
  const next = (): string => {
    const number = book.give()
    onOrder(number)
    return number
  }
  return () => ({
    order: next(),
    sku: `SKU-${random.between(10_000, 10_800)}`,
    amount: (random.between(900, 499_999) / 100).toFixed(2),
    city: random.pick(CITIES),
  })
}

/** Writes each order into the shard of its number. */
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
