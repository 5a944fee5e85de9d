import assert from 'node:assert/strict'
import { RetryTurn } from '../../../lib/delivery/retry-turn'

const PATIENCE_MS = 5_000
const GROUPS = [{}, {}, {}] as const

describe('delivery/retry-turn', () => {
  it('is free while every retry has an outcome', () => {
    const turn = new RetryTurn<string>(PATIENCE_MS)
    assert.equal(turn.notBeforeMs(GROUPS[0]), -Infinity)
    turn.take('a', GROUPS[0], 100)
    turn.leave('a')
    assert.equal(turn.notBeforeMs(GROUPS[1]), -Infinity)
  })

  it('belongs to all that failed together, and others wait for their outcomes', () => {
    const turn = new RetryTurn<string>(PATIENCE_MS)
    turn.take('a', GROUPS[0], 100)
    assert.equal(turn.notBeforeMs(GROUPS[0]), -Infinity)
    turn.take('b', GROUPS[0], 200)
    assert.equal(turn.notBeforeMs(GROUPS[1]), 200 + PATIENCE_MS)
    turn.leave('a')
    assert.equal(turn.notBeforeMs(GROUPS[1]), 200 + PATIENCE_MS)
    turn.leave('b')
    assert.equal(turn.notBeforeMs(GROUPS[1]), -Infinity)
  })

  it('passes on without outcomes after the timeout, one group at a time', () => {
    const turn = new RetryTurn<string>(PATIENCE_MS)
    turn.take('a', GROUPS[0], 0)
    turn.take('b', GROUPS[1], PATIENCE_MS)
    assert.equal(turn.notBeforeMs(GROUPS[2]), 2 * PATIENCE_MS)
    turn.leave('b')
    assert.equal(turn.notBeforeMs(GROUPS[2]), 2 * PATIENCE_MS, 'the first is still unanswered')
  })

  it('does not pass on if an outcome is sure to come', () => {
    const turn = new RetryTurn<string>(Infinity)
    turn.take('a', GROUPS[0], 0)
    assert.equal(turn.notBeforeMs(GROUPS[1]), Infinity)
  })

  it('belongs to the records that a batch was split into', () => {
    const turn = new RetryTurn<string>(Infinity)
    turn.take('batch', GROUPS[0], 0)
    turn.replace('other', ['x'])
    turn.replace('batch', ['a', 'b'])
    turn.leave('a')
    assert.equal(turn.notBeforeMs(GROUPS[1]), Infinity)
    turn.leave('b')
    assert.equal(turn.notBeforeMs(GROUPS[1]), -Infinity)
  })
})
