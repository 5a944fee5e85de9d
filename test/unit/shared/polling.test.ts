import assert from 'node:assert/strict'
import { becomesTrue, waitUntil } from '../../../tools/shared/polling'

describe('polling', () => {
  it('checks a condition until it is true', async () => {
    let checks = 0
    const condition = (): Promise<boolean> => Promise.resolve(++checks === 3)
    assert.equal(await becomesTrue(condition, { timeoutMs: 10_000, intervalMs: 1 }), true)
    assert.equal(checks, 3)
  })

  it('ends after the timeout if the condition is never true', async () => {
    assert.equal(await becomesTrue(() => false, { timeoutMs: 5, intervalMs: 1 }), false)
  })

  it('explains after the timeout what is missing by then', async () => {
    let checks = 0
    const condition = (): boolean => ++checks === 0
    const waiting = waitUntil(condition, () => `${checks} checks`, { timeoutMs: 5, intervalMs: 1 })
    await assert.rejects(waiting, ({ message }: Error) => message === `${checks} checks`)
  })

  it('rejects with the error of a condition that throws', async () => {
    const condition = (): Promise<boolean> => Promise.reject(new Error('the process has ended'))
    await assert.rejects(
      waitUntil(condition, () => 'timeout', { timeoutMs: 10_000 }),
      /the process has ended/,
    )
  })
})
