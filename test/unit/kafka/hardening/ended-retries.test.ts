import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import * as endedRetries from '../../../../lib/kafka/hardening/ended-retries'
import { kafkajsWith } from '../../../support/kafkajs-modules'

type Retrier = (attempt: (bail: (error: Error) => void) => Promise<string>) => Promise<string>
type CreateRetrier = (options: object) => Retrier

/** Longer than any test. */
const LONG = 600_000
/** More than Node takes without a warning. */
const MANY = 40

function createRetrier(isFixed: boolean, options: object): Retrier {
  const modules = isFixed ? kafkajsWith(endedRetries) : kafkajsWith()
  return (modules.load(endedRetries.file) as CreateRetrier)(options)
}

/** @returns how often was tried, where nobody wants it any more while the first rest goes on */
async function triesOfAborted(isFixed: boolean, initialRetryTime: number): Promise<number> {
  const client = new AbortController()
  const { signal } = client
  // All that kafkajs as published can be told: it asks before each try.
  const retries = { valueOf: () => (signal.aborted ? -1 : Number.MAX_SAFE_INTEGER) }
  const options = { retries, initialRetryTime, maxRetryTime: initialRetryTime, signal }
  let tries = 0
  const retrier = createRetrier(isFixed, options)
  const ended = retrier(() => {
    tries++
    return Promise.reject(new Error('refused'))
  })
  do await setImmediate()
  while (isFixed && getEventListeners(signal, 'abort').length === 0)
  client.abort()
  await assert.rejects(ended)
  return tries
}

describe('kafka/hardening/ended-retries', () => {
  it('stock: waits for the next try when nobody wants it any more', async () => {
    assert.equal(await triesOfAborted(false, 50), 2)
  })

  it('fixed: ends at once', async () => {
    assert.equal(await triesOfAborted(true, LONG), 1)
  })

  it('fixed: ends with the try under way', async () => {
    const client = new AbortController()
    const options = { retries: 9, initialRetryTime: LONG, maxRetryTime: LONG }
    let tries = 0
    const ended = createRetrier(true, { ...options, signal: client.signal })(() => {
      tries++
      client.abort()
      return Promise.reject(new Error('refused'))
    })
    await assert.rejects(ended)
    assert.equal(tries, 1)
  })

  it('fixed: tries until it is done, or often enough, or has failed for good', async () => {
    const { signal } = new AbortController()
    const retrier = createRetrier(true, {
      retries: 3,
      initialRetryTime: 1,
      maxRetryTime: 1,
      signal,
    })
    let tries = 0
    const refuse = (): Promise<never> => {
      tries++
      return Promise.reject(new Error('refused'))
    }
    assert.equal(await retrier(() => (tries < 2 ? refuse() : Promise.resolve('done'))), 'done')
    assert.equal(tries, 2)

    tries = 0
    await assert.rejects(retrier(refuse), { name: 'KafkaJSNumberOfRetriesExceeded' })
    assert.equal(tries, 4)

    const forGood = Object.assign(new Error('for good'), { retriable: false })
    await assert.rejects(
      retrier(() => Promise.reject(forGood)),
      { name: 'KafkaJSNonRetriableError' },
    )
    await assert.rejects(
      retrier((bail) => {
        bail(forGood)
        return Promise.resolve('too late')
      }),
      forGood,
    )
  })

  it('fixed: rests with any number of tries at once, and leaves no listener', async () => {
    const client = new AbortController()
    const { signal } = client
    const warnings: Error[] = []
    const onWarning = (warning: Error): void => void warnings.push(warning)
    process.on('warning', onWarning)
    const options = { retries: 9, initialRetryTime: LONG, maxRetryTime: LONG, signal }
    const ended = Array.from({ length: MANY }, () =>
      createRetrier(true, options)(() => Promise.reject(new Error('refused'))),
    )
    while (getEventListeners(signal, 'abort').length < MANY) await setImmediate()
    client.abort()
    await Promise.allSettled(ended)
    process.off('warning', onWarning)
    assert.deepEqual(warnings, [])
    assert.deepEqual(getEventListeners(signal, 'abort'), [])
  })
})
