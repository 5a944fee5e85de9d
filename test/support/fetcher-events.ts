import { SlsKafkaError } from '../../lib/errors'
import { BrokerError } from '../../lib/kafka/cluster/error-codes'
import type { FetchEvent } from '../../lib/kafka/fetch/fetch-response-handler'

/** An event of a fetcher as a line. */
export function lineOf(event: FetchEvent): string {
  switch (event.type) {
    case 'fetched': {
      const { shard, records, next } = event.batch
      const offsets = records.takeAll().map(({ offset }) => offset)
      return `fetched ${shard}: ${offsets.join(' ')} next ${next}`
    }
    case 'caught-up':
      return `caught up ${event.shard}`
    case 'cut-short':
      return `cut short ${event.shard}`
    case 'shard-failed': {
      const { shard, error, unreadable } = event
      const span = unreadable ? ` ${unreadable.first} to ${unreadable.last}` : ''
      return `failed ${shard}: ${nameOf(error)}${span}`
    }
    case 'position-reset': {
      const { shard, previousOffset, newOffset } = event.reset
      return `reset ${shard}: ${previousOffset} to ${newOffset}`
    }
    case 'alive':
      return 'alive'
    case 'trouble':
      return `trouble ${nameOf(event.error)}`
  }
}

function nameOf(error: unknown): string {
  if (error instanceof BrokerError) return error.type
  if (error instanceof SlsKafkaError) return error.code
  return error instanceof Error ? error.message : String(error)
}
