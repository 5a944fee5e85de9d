import assert from 'node:assert/strict'
import { feedBurst, feedHistory, feedSteadily } from '../../../tools/demo/feed'
import type { LogBody, LogSource } from '../../../tools/demo/logs/log'

interface Written {
  readonly logs: readonly LogBody[]
  readonly time: number
}

/** Stands for the endpoint. */
function recorder() {
  const written: Written[] = []
  return {
    written,
    append: (logs: readonly LogBody[], time: number) => {
      written.push({ logs, time })
      return Promise.resolve()
    },
    count: () => written.reduce((sum, { logs }) => sum + logs.length, 0),
  }
}

function source(length: number): LogSource {
  let next = 0
  return () => (next < length ? `log ${next++}` : undefined)
}

describe('demo feed', () => {
  it('ends with its source and tells how much it was', async () => {
    const { append, count, written } = recorder()
    const { signal } = new AbortController()
    assert.equal(await feedSteadily(source(25), append, { perSecond: 1_000, signal }), 25)
    assert.equal(count(), 25)
    assert.equal(written.flatMap(({ logs }) => logs).at(-1), 'log 24')
  })

  it('stops at once when it is told to', async () => {
    const { append, count } = recorder()
    const stop = new AbortController()
    const feed = feedSteadily(source(Infinity), append, { perSecond: 1, signal: stop.signal })
    stop.abort()
    assert.ok((await feed) <= 1)
    assert.ok(count() <= 1)
  })

  it('spreads the history over the time before now', async () => {
    const { append, written } = recorder()
    const now = Date.now()
    await feedHistory(source(Infinity), append, { count: 11, perSecond: 10 })
    const times = written.map(({ time }) => time)
    assert.deepEqual(
      times.slice(1).map((time, index) => time - (times[index] ?? 0)),
      Array<number>(10).fill(100),
    )
    assert.ok((times.at(-1) ?? 0) >= now - 100)
    assert.ok((times.at(-1) ?? 0) < Date.now())
  })

  it('writes a burst whose size is no multiple of anything', async () => {
    const { append, count } = recorder()
    const { signal } = new AbortController()
    await feedBurst(source(Infinity), append, { count: 12_345, signal })
    assert.equal(count(), 12_345)
  })
})
