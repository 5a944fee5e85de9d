import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { rewrite, file } from '../../../../lib/kafka/hardening/idle-timer'

interface RequestQueue {
  pending: unknown[]
  throttleCheckTimeoutId: NodeJS.Timeout | null
  scheduleCheckPendingRequests(): void
  destroy(): void
}

type RequestQueueClass = new (options: object) => RequestQueue

const stock = createRequire(require.resolve('kafkajs/package.json'))(
  `./${file}`,
) as RequestQueueClass
const fixed = rewrite(stock) as RequestQueueClass
const OPTIONS = { maxInFlightRequests: null, logger: { debug: () => undefined } }

function isTimerSet(Queue: RequestQueueClass, pending: unknown[]): boolean {
  const queue = new Queue(OPTIONS)
  queue.pending = pending
  queue.scheduleCheckPendingRequests()
  const isSet = queue.throttleCheckTimeoutId !== null
  queue.destroy()
  return isSet
}

describe('kafka/hardening/idle-timer', () => {
  it('stock: a queue with nothing to send keeps a timer going', () => {
    assert.equal(isTimerSet(stock, []), true)
  })

  it('fixed: it does not', () => {
    assert.equal(isTimerSet(fixed, []), false)
  })

  it('fixed: a waiting request is still looked after', () => {
    assert.equal(isTimerSet(fixed, [{}]), true)
  })
})
