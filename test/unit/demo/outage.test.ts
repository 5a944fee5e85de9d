import assert from 'node:assert/strict'
import { Outage } from '../../../tools/demo/outage'

describe('demo outage', () => {
  function endpoint() {
    const calls: string[] = []
    const call = (name: string) => () => {
      calls.push(name)
      return Promise.resolve()
    }
    return { calls, open: call('open'), close: call('close') }
  }
  const noFailure = (reason: string): void => {
    assert.fail(reason)
  }

  it('closes the endpoint and opens it again, one outage at a time', async () => {
    const { calls, ...port } = endpoint()
    const outage = new Outage(port)
    assert.equal(outage.secondsLeft, 0)
    assert.equal(outage.start(0.1, noFailure), true)
    assert.equal(outage.start(0.1, noFailure), false)
    assert.equal(outage.secondsLeft, 1)
    await new Promise((resolve) => setTimeout(resolve, 200))
    assert.deepEqual(calls, ['close', 'open'])
    assert.equal(outage.secondsLeft, 0)
    assert.equal(outage.isOn, false)
  })

  it('ends at once with the demo, and is no failure then', async () => {
    const { calls, ...port } = endpoint()
    const outage = new Outage(port)
    outage.start(60, noFailure)
    await outage.stop()
    assert.deepEqual(calls, ['close'])
    assert.equal(outage.start(1, noFailure), false)
  })
})
