import assert from 'node:assert/strict'
import { offsetsOf, shapeOf, timeQueryFor, timestampsOf } from '../../../lib/doctor/sample'
import type { FetchedRecord } from '../../../lib/kafka/log-source'
import { record as recordAt } from '../../support/fake-source'

const GROUP = 2n ** 17n

function record(offset: bigint, changes: Partial<FetchedRecord> = {}): FetchedRecord {
  return { ...recordAt(offset, 'text'), timestamp: 1790000000000, ...changes }
}

const valued = (value: string | null): FetchedRecord =>
  record(0n, { value: value === null ? null : Buffer.from(value) })

describe('doctor/sample', () => {
  it('counts properties of records, and reports no content', () => {
    const records = [
      record(0n, { key: Buffer.from('content') }),
      record(1n, { headers: [['trace', Buffer.from('1')]] }),
      record(2n, { headers: null }),
      valued(null),
      valued('{"__tag__:__hostname__": "secret-host", "__topic__": "t", "method": "GET"}'),
      valued('{not json'),
      valued('[1, 2]'),
    ]
    const shape = shapeOf(records)
    assert.deepEqual(shape, {
      records: 7,
      withKey: 1,
      withHeaders: 1,
      objects: 1,
      nulls: 1,
      ownFields: ['__tag__:…', '__topic__'],
      largest: 74,
    })
    assert.doesNotMatch(JSON.stringify(shape), /secret|GET|method/)
  })

  it('accepts as many records as log groups can have', () => {
    const many = Array.from({ length: 300_000 }, (_, index) => record(BigInt(index)))
    assert.equal(shapeOf(many).largest, 4)
    assert.equal(offsetsOf([{ shard: 0, records: many }]).records, 300_000)
  })

  it('finds the gaps between offsets, within each shard', () => {
    const samples = [
      { shard: 0, records: [GROUP, GROUP + 1n, GROUP + 5n, 2n * GROUP].map((at) => record(at)) },
      { shard: 1, records: [9n * GROUP, 9n * GROUP + 1n].map((at) => record(at)) },
    ]
    assert.deepEqual(offsetsOf(samples), {
      records: 6,
      lowest: String(GROUP),
      highest: String(9n * GROUP + 1n),
      isAbove2to53: false,
      gaps: 2,
      largestGap: String(GROUP - 5n),
      gapsToLogGroups: 1,
    })
  })

  it('reports offsets that are no exact JavaScript numbers', () => {
    const of = (offset: bigint): boolean =>
      offsetsOf([{ shard: 0, records: [record(offset)] }]).isAbove2to53
    assert.equal(of(2n ** 53n), false)
    assert.equal(of(2n ** 53n + 1n), true)
  })

  it('distinguishes seconds from milliseconds, and computes the age from either', () => {
    const now = 1_790_000_012_000
    const newest = '2026-09-21T14:13:20.000Z'
    const milliseconds = timestampsOf(record(0n), now)
    assert.deepEqual(milliseconds, { unit: 'milliseconds', newest, ageSeconds: 12 })
    const seconds = timestampsOf(record(0n, { timestamp: 1790000000 }), now)
    assert.deepEqual(seconds, { unit: 'seconds', newest, ageSeconds: 12 })
    assert.equal(timestampsOf(record(0n), now - 72_000).ageSeconds, -60)
  })

  it('looks up the time of the last record whose predecessor is older', () => {
    const at = (offset: bigint, timestamp: number): FetchedRecord =>
      record(offset, { timestamp: 1_790_000_000_000 + timestamp })
    const telling = [at(0n, 0), at(1n, 5), at(2n, 5), at(GROUP, 9)]
    assert.deepEqual(timeQueryFor([{ shard: 3, records: telling }]), {
      shard: 3,
      time: 1_790_000_000_005,
      expected: 1n,
      isConclusive: true,
    })
    const isConclusive = timeQueryFor([{ shard: 0, records: [at(0n, 0), at(1n, 0)] }])?.isConclusive
    assert.equal(isConclusive, false)
    assert.equal(timeQueryFor([]), null)
  })
})
