import assert from 'node:assert/strict'
import type { SinkMessage } from '../../../tools/shared/node-red'
import { beyondWindow } from '../../../tools/chaos/repeats'

const WINDOW = 3

describe('chaos/repeats', () => {
  it('lets each assignment repeat a window of each shard', () => {
    const sent = [
      ...assignment('aa', 0, [0, 1, 2, 3, 4]),
      ...assignment('bb', 0, [2, 3, 4, 5]),
      ...assignment('bb', 1, [0, 1, 2]),
      ...assignment('cc', 0, [3, 4, 5]),
    ]
    assert.deepEqual(beyondWindow(inOrder(sent), WINDOW), [])
  })

  it('finds one that repeats more', () => {
    const sent = [...assignment('aa', 0, [0, 1, 2, 3, 4]), ...assignment('bb', 0, [1, 2, 3, 4, 5])]
    assert.deepEqual(beyondWindow(inOrder(sent), WINDOW), [{ at: 8, shard: 0, repeated: 4 }])
  })

  it('counts no record twice that an assignment sends again because the flow failed', () => {
    const sent = [...assignment('aa', 0, [0, 1]), ...assignment('bb', 0, [0, 1, 0, 1, 0])]
    assert.deepEqual(beyondWindow(inOrder(sent), WINDOW), [])
  })

  it('takes the messages in the order of time, whichever process sent them', () => {
    const sent = inOrder([...assignment('aa', 0, [0, 1, 2, 3]), ...assignment('bb', 0, [0, 1, 2])])
    assert.deepEqual(beyondWindow(sent.reverse(), WINDOW), [])
  })
})

type Sent = Pick<SinkMessage, '_msgid' | 'partition' | 'offset'>

function assignment(membership: string, shard: number, offsets: readonly number[]): Sent[] {
  return offsets.map((offset) => ({
    _msgid: `${membership}.${shard}.1.${offset}.1`,
    partition: shard,
    offset: String(offset),
  }))
}

function inOrder(sent: readonly Sent[]): SinkMessage[] {
  return sent.map((message, passedAt) => ({ sink: 'records', passedAt, ...message }))
}
