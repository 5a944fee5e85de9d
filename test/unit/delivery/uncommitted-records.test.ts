import assert from 'node:assert/strict'
import { UncommittedRecords } from '../../../lib/delivery/uncommitted-records'

const WINDOW = 1_000
const START = 50_000

describe('delivery/uncommitted-records', () => {
  let records: UncommittedRecords

  beforeEach(() => {
    records = new UncommittedRecords(WINDOW)
  })

  function room(
    sent: number,
    donePrefix: number,
    undone: number,
    commitSentAtMs: number | null,
    nowMs: number,
  ): number {
    return records.room({ sent, donePrefix, undone }, commitSentAtMs, nowMs)
  }

  it('gives room up to one window from the committed offset', () => {
    assert.equal(room(0, 0, 0, null, START), 1_000)
    assert.equal(room(990, 0, 990, null, START), 10)
    assert.equal(room(1_000, 0, 1_000, null, START), 0)
  })

  it('begins a new window at the offset that the group has taken', () => {
    records.done(600, START)
    records.propose(600n, 600)
    assert.equal(records.committable(600), 600)
    records.committed(600n)
    assert.equal(records.committable(600), 0)
    assert.equal(room(1_000, 600, 400, null, START), 600)
  })

  it('ignores a committed offset that was not proposed last', () => {
    records.propose(600n, 600)
    records.propose(700n, 700)
    records.committed(600n)
    assert.equal(records.committable(600), 600)
  })

  it('counts no record that was fetched before a reset of offsets', () => {
    records.propose(600n, 600)
    records.resetOffsets(900)
    records.committed(600n)
    assert.equal(records.committable(1_000), 100)
  })

  it('goes beyond the window while all uncommitted records were done in the last 0.25 s', () => {
    records.done(1_000, START)
    assert.equal(room(1_005, 1_000, 5, null, START + 200), 995)
    assert.equal(room(1_005, 1_000, 5, null, START + 300), 0)
  })

  it('goes beyond the window by the records done since the commit under way was sent', () => {
    records.done(1_000, START)
    const sentAt = START + 200
    records.done(500, sentAt + 900)
    assert.equal(room(1_505, 1_500, 5, sentAt, sentAt + 900), 995)
    assert.equal(room(1_505, 1_500, 5, sentAt, sentAt + 1_000), 0, 'the commit takes over 1 s')
  })

  it('never goes a window beyond the oldest record that is not done', () => {
    records.done(1_098, START)
    assert.equal(room(1_000, 0, 1, null, START), 0)
    assert.equal(room(1_099, 100, 1, null, START), 1)
  })

  it('does not go beyond the window by records that were done long before', () => {
    records.done(900, START)
    records.done(100, START + 1_000)
    assert.equal(room(1_005, 1_000, 5, START + 1_000, START + 1_100), 0)
  })
})
