import assert from 'node:assert/strict'
import { setFindings } from '../../../lib/kafka/hardening/fetched-records'
import type { BatchInternals } from '../../../lib/kafka/internals'
import { Membership } from '../../../lib/kafka/membership'
import { Reading } from '../../../lib/kafka/reading'
import { listenerWith } from '../../support/source-listener'

/** What was read of a response for one shard. */
interface Part {
  readonly records?: number
  /** Of batches that lie before the position, if nothing else came. */
  readonly lastOffset?: bigint
  readonly isCutShort?: boolean
}

describe('kafka/reading', () => {
  /** @returns what is told of each shard without records */
  function toldOf(...parts: readonly Part[]): string[] {
    const told: string[] = []
    const listener = listenerWith({
      onCaughtUp: (shard) => told.push(`${shard} caught up`),
      onCutShort: (shard) => told.push(`${shard} cut short`),
    })
    new Reading(new Membership('access-log'), listener).answered(parts.map(batchOf))
    return told
  }

  function batchOf(part: Part, partition: number): BatchInternals {
    const { records = 0, lastOffset = null, isCutShort = false } = part
    const rawMessages = new Array<unknown>(records).fill({})
    setFindings(rawMessages, { lastOffset, unreadable: null, isCutShort })
    return {
      topic: 'access-log',
      partition,
      fetchedOffset: '7',
      rawMessages,
      isEmptyDueToFiltering: () => false,
      lastOffset: () => '6',
    }
  }

  it('takes a response without any records for the end of its shards', () => {
    assert.deepEqual(toldOf({}, {}), ['0 caught up', '1 caught up'])
  })

  it('takes a shard without records for read to its end beside others that have some', () => {
    assert.deepEqual(toldOf({ records: 9, lastOffset: 15n }, {}), ['1 caught up'])
  })

  it('does not where a limit has ended what was read of the shard', () => {
    assert.deepEqual(toldOf({ isCutShort: true }), ['0 cut short'])
  })

  it('does not where batches came that all lie before its position', () => {
    assert.deepEqual(toldOf({ lastOffset: 6n }), ['0 cut short'])
  })
})
