import assert from 'node:assert/strict'
import { Logstore, LogstoreError } from '../../../../tools/emulator/store/logstore'
import { Project } from '../../../../tools/emulator/store/project'
import { Shard } from '../../../../tools/emulator/store/shard'
import { textLogs } from '../support/endpoint'
import { SHARD_OPTIONS } from '../support/shard-options'

const FIRST = SHARD_OPTIONS.startIndex << 17n
const GROUP = 1n << 17n

describe('the life of shards and logstores', () => {
  it('merges two shards into a new one and writes the old ones no more', () => {
    const logstore = new Logstore('web', 3, SHARD_OPTIONS)
    assert.equal(logstore.merge(0, 1).id, 3)
    logstore.append(textLogs('a', 'b'))
    assert.deepEqual(
      logstore.shards.map(({ logs }) => logs),
      [0, 0, 1, 1],
    )
    assert.throws(() => logstore.merge(0, 2), LogstoreError)
    assert.throws(() => logstore.merge(2, 2), LogstoreError)
  })

  it('leaves a hole where a read-only shard was: the ids of the others stay', () => {
    const logstore = new Logstore('web', 1, SHARD_OPTIONS)
    logstore.append(textLogs('a'))
    assert.throws(() => {
      logstore.reclaim(0)
    }, LogstoreError)
    logstore.split(0)
    logstore.reclaim(0)
    const hole = logstore.shard(0)
    assert.equal(hole.isReclaimed, true)
    assert.equal(hole.earliestOffset, hole.highWatermark)
    assert.deepEqual(hole.read(hole.earliestOffset, 1000, true), [])
    assert.deepEqual(
      logstore.shards.map(({ id }) => id),
      [0, 1, 2],
    )
  })

  it('expires what was received before a time: the earliest offset moves up', () => {
    const shard = new Shard(0, SHARD_OPTIONS)
    for (const time of [1000, 2000, 3000]) shard.append(textLogs('x'), time)
    shard.expire(2000)
    assert.equal(shard.earliestOffset, FIRST + GROUP)
    assert.equal(shard.isInRange(FIRST), false)
    assert.equal(shard.logs, 2)
    shard.expire(Infinity)
    assert.equal(shard.earliestOffset, shard.highWatermark)
    assert.deepEqual([shard.logs, shard.bytes, shard.lastOffset], [0, 0, undefined])
    assert.equal(shard.append(textLogs('y'), 4000), FIRST + 3n * GROUP)
  })

  it('deletes a logstore, and creates it again with other offsets', () => {
    const project = new Project(SHARD_OPTIONS)
    project.createLogstore('access-log', 2)
    project.deleteLogstore('access-log')
    assert.equal(project.logstore('access-log'), undefined)
    assert.throws(() => {
      project.deleteLogstore('access-log')
    }, LogstoreError)
    const again = project.createLogstore('access-log', 1, 7n)
    assert.equal(again.shard(0).highWatermark, 7n * GROUP)
  })
})
