import assert from 'node:assert/strict'
import { rewrite } from '../../../../lib/kafka/hardening/prompt-resume'
import {
  member,
  SHARD,
  stockConsumerGroup as stock,
  type ConsumerGroup,
  type ConsumerGroupClass,
} from './fetching-member'

const fixed = rewrite(stock) as ConsumerGroupClass

const LONGEST_WAIT = 60_000

/** Its only shard is paused. */
function pausedMember(Group: ConsumerGroupClass, maxWaitTimeInMs: number): ConsumerGroup {
  const group = member(Group, maxWaitTimeInMs)
  group.pause(SHARD)
  return group
}

/** Lets what was begun go on until it waits for time to pass. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

describe('kafka/hardening/prompt-resume', () => {
  it('stock: a fetch that found everything paused sleeps on after a resume', async () => {
    const group = pausedMember(stock, 200)
    const fetched = group.fetch('1')
    await turn()
    group.resume(SHARD)
    // It never asked the broker: the sleep ends with nothing.
    assert.deepEqual(await fetched, [])
  })

  it('fixed: it fetches as soon as a shard is resumed', async () => {
    const group = pausedMember(fixed, LONGEST_WAIT)
    const fetched = group.fetch('1')
    await turn()
    group.resume(SHARD)
    assert.equal((await fetched).length, 1)
  })

  it('fixed: it comes back after the longest wait, so that heartbeats go on', async () => {
    const group = pausedMember(fixed, 50)
    assert.deepEqual(await group.fetch('1'), [])
  })
})
