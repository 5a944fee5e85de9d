import assert from 'node:assert/strict'
import { RetryTurn } from '../../../lib/delivery/retry-turn'

const PATIENCE_MS = 5_000

describe('delivery/retry-turn', () => {
  it('is free while nothing that was sent again is unanswered', () => {
    const turn = new RetryTurn<string>(PATIENCE_MS)
    assert.equal(turn.notBeforeMs(1), -Infinity)
    turn.take('a', 1, 100)
    turn.leave('a')
    assert.equal(turn.notBeforeMs(2), -Infinity)
  })

  it('is that of all who failed together, and others wait for the answers to them', () => {
    const turn = new RetryTurn<string>(PATIENCE_MS)
    turn.take('a', 1, 100)
    assert.equal(turn.notBeforeMs(1), -Infinity)
    turn.take('b', 1, 200)
    assert.equal(turn.notBeforeMs(2), 200 + PATIENCE_MS)
    turn.leave('a')
    assert.equal(turn.notBeforeMs(2), 200 + PATIENCE_MS)
    turn.leave('b')
    assert.equal(turn.notBeforeMs(2), -Infinity)
  })

  it('passes on when the answers do not come, one group at a time', () => {
    const turn = new RetryTurn<string>(PATIENCE_MS)
    turn.take('a', 1, 0)
    turn.take('b', 2, PATIENCE_MS)
    assert.equal(turn.notBeforeMs(3), 2 * PATIENCE_MS)
    turn.leave('b')
    assert.equal(turn.notBeforeMs(3), 2 * PATIENCE_MS, 'the first is still unanswered')
  })

  it('does not pass on where an answer is sure to come', () => {
    const turn = new RetryTurn<string>(Infinity)
    turn.take('a', 1, 0)
    assert.equal(turn.notBeforeMs(2), Infinity)
  })

  it('is that of the records which a batch was split into', () => {
    const turn = new RetryTurn<string>(Infinity)
    turn.take('batch', 1, 0)
    turn.replace('other', ['x'])
    turn.replace('batch', ['a', 'b'])
    turn.leave('a')
    assert.equal(turn.notBeforeMs(2), Infinity)
    turn.leave('b')
    assert.equal(turn.notBeforeMs(2), -Infinity)
  })
})
