import assert from 'node:assert/strict'
import { CoordinatorLookup } from '../../../lib/kafka/cluster/coordinator-lookup'
import type { KafkaRequest, Response } from '../../../lib/kafka/request'
import { ManualClock } from '../../support/manual-clock'

const BROKER = { nodeId: 4, host: 'four.test', port: 9093 }

describe('kafka/coordinator-lookup', () => {
  let clock: ManualClock
  let closing: AbortController
  let lookup: CoordinatorLookup
  let askedMs: number[]
  let errorCode: number
  let failure: Error | null

  beforeEach(() => {
    clock = new ManualClock()
    closing = new AbortController()
    askedMs = []
    errorCode = 0
    failure = null
    const sendToAny = <R extends Response>(request: KafkaRequest<R>): Promise<R> => {
      assert.equal(request.api, 'FindCoordinator')
      askedMs.push(clock.monotonic())
      if (failure) return Promise.reject(failure)
      const found = errorCode === 0 ? BROKER : { nodeId: -1, host: '', port: -1 }
      return Promise.resolve({ throttleMs: 0, errorCode, ...found } as unknown as R)
    }
    lookup = new CoordinatorLookup('g', { sendToAny }, clock, closing.signal)
  })

  it('asks once for all who need the coordinator at the same time, and remembers it', async () => {
    assert.equal(lookup.known, null)
    const found = await Promise.all([lookup.find(), lookup.find()])
    assert.deepEqual(found, [BROKER, BROKER])
    assert.deepEqual(await lookup.find(), BROKER)
    assert.deepEqual(lookup.known, BROKER)
    assert.equal(askedMs.length, 1)
  })

  it('asks again when the coordinator was forgotten', async () => {
    await lookup.find()
    lookup.forget()
    assert.equal(lookup.known, null)
    await lookup.find()
    assert.equal(askedMs.length, 2)
  })

  it('asks again after a backoff while no coordinator is available', async () => {
    errorCode = 15
    const found = lookup.find()
    await clock.settle()
    assert.equal(askedMs.length, 1)
    await clock.advance(300)
    assert.equal(askedMs.length, 1)
    errorCode = 0
    await clock.advance(200)
    assert.deepEqual(await found, BROKER)
  })

  it('rejects after five attempts, and goes on with its backoff at the next call', async () => {
    errorCode = 15
    const rejected = assert.rejects(lookup.find(), {
      name: 'BrokerError',
      api: 'FindCoordinator',
      errorCode: 15,
    })
    await clock.advance(10_000)
    await rejected
    assert.equal(askedMs.length, 5)
    errorCode = 30
    await assert.rejects(lookup.find(), { errorCode: 30 })
    const again = assert.rejects(lookup.find(), { errorCode: 30 })
    await clock.settle()
    assert.equal(askedMs.length, 6, 'a call after a refusal waits as well')
    await clock.advance(3_000)
    await again
  })

  it('asks at most 6 times in 10 s, however many callers there are', async () => {
    errorCode = 15
    const callers = Array.from({ length: 20 }, () => lookup.find().catch(() => null))
    const fromMs = clock.monotonic()
    for (let second = 0; second < 10; second++) {
      await clock.advance(999)
      callers.push(lookup.find().catch(() => null))
    }
    assert.ok(askedMs.filter((at) => at < fromMs + 10_000).length <= 6)
    await clock.advance(60_000)
    await Promise.all(callers)
  })

  it('rejects at once for what only a person can change', async () => {
    errorCode = 30
    await assert.rejects(lookup.find(), { name: 'BrokerError', errorCode: 30 })
    assert.equal(askedMs.length, 1)
    assert.equal(clock.pending, 0)
  })

  it('rejects with the reason when no broker can be asked', async () => {
    failure = new Error('unreachable')
    await assert.rejects(lookup.find(), failure)
    failure = null
    assert.deepEqual(await lookup.find(), BROKER)
  })

  it('ends its backoff when the client closes', async () => {
    errorCode = 15
    const rejected = assert.rejects(lookup.find())
    await clock.settle()
    failure = new Error('the consumer was closed')
    closing.abort()
    await rejected
    assert.equal(clock.pending, 0)
  })
})
