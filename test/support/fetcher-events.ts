import { SlsKafkaError } from '../../lib/errors'
import { BrokerError } from '../../lib/kafka/error-codes'
import type { FetcherEvents } from '../../lib/kafka/response-reader'

/** Writes each event of a fetcher as a line. */
export function fetcherEvents(lines: string[]): FetcherEvents {
  return {
    onFetched: ({ shard, records, next }) => {
      const offsets = records.map(({ offset }) => offset).join(' ')
      lines.push(`fetched ${shard}: ${offsets} next ${next}`)
    },
    onCaughtUp: (shard) => lines.push(`caught up ${shard}`),
    onCutShort: (shard) => lines.push(`cut short ${shard}`),
    onShardFailed: (shard, error, unreadable) => {
      const span = unreadable ? ` ${unreadable.first} to ${unreadable.last}` : ''
      lines.push(`failed ${shard}: ${nameOf(error)}${span}`)
    },
    onPositionReset: ({ shard, lost, found }) => lines.push(`reset ${shard}: ${lost} to ${found}`),
    onAnswer: () => lines.push('answer'),
    onTrouble: (error) => lines.push(`trouble ${nameOf(error)}`),
  }
}

function nameOf(error: unknown): string {
  if (error instanceof BrokerError) return error.type
  if (error instanceof SlsKafkaError) return error.code
  return error instanceof Error ? error.message : String(error)
}
