import assert from 'node:assert/strict'
import { CommittableOffset } from '../../../lib/delivery/committable-offset'

/** A `CommittableOffset` that waits a commit interval, and its done offset. */
class HeldBack {
  done: bigint | null
  readonly offset = new CommittableOffset(() => this.done, { isDelayed: true })

  constructor(done: bigint | null) {
    this.done = done
  }
}

describe('delivery/committable-offset', () => {
  it('delays a record for a whole commit interval after it was sent', () => {
    const state = new HeldBack(42n)
    assert.equal(state.offset.due(), null)
    state.offset.tick()
    assert.equal(state.offset.due(), null, 'sent just before the first tick')
    state.done = 58n
    state.offset.tick()
    assert.equal(state.offset.due(), 42n, 'what was sent after the first tick waits for one more')
    state.offset.tick()
    assert.equal(state.offset.due(), 58n)
  })

  it('delays nothing if the flow acknowledges', () => {
    const offset = new CommittableOffset(() => 42n, { isDelayed: false })
    assert.equal(offset.due(), 42n)
  })

  it('has nothing due after the offset was committed', () => {
    const { offset } = new HeldBack(42n)
    offset.tick()
    offset.tick()
    offset.setCommitted(42n)
    assert.equal(offset.due(), null)
    assert.equal(offset.dueAtStop(), null)
    assert.equal(offset.committed, 42n)
  })

  it('keeps an offset due until the group has taken it', () => {
    const { offset } = new HeldBack(42n)
    offset.tick()
    offset.tick()
    assert.equal(offset.due(), 42n)
    offset.tick()
    assert.equal(offset.due(), 42n)
  })

  it('makes everything done due at a clean stop', () => {
    assert.equal(new HeldBack(42n).offset.dueAtStop(), 42n)
    assert.equal(new HeldBack(null).offset.dueAtStop(), null)
  })

  it('goes back only after a reset of offsets', () => {
    const state = new HeldBack(42n)
    state.offset.tick()
    state.offset.setCommitted(60n)
    state.offset.tick()
    assert.equal(state.offset.due(), null)
    state.done = null
    state.offset.reset()
    assert.equal(state.offset.dueAtStop(), null)
    state.done = 5n
    assert.equal(state.offset.dueAtStop(), 5n)
  })
})
