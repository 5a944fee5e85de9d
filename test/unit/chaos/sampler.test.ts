import assert from 'node:assert/strict'
import type { SinkMessage } from '../../../tools/shared/node-red'
import { delayBetween } from '../../../tools/chaos/sampler'

function sent(passedAt: number, writtenAt: number, attempt = 1): SinkMessage {
  const payload = `7 ${writtenAt}`
  return { sink: 'records', passedAt, _msgid: '1', payload, kafka: { attempt } }
}

describe('chaos/sampler', () => {
  it('takes the median age of what was sent for the first time in a span of time', () => {
    const messages = [sent(100, 0), sent(200, 190), sent(210, 200), sent(300, 200), sent(301, 0)]
    assert.equal(delayBetween(messages, 100, 300), 10)
  })

  it('leaves out what was sent again', () => {
    assert.equal(delayBetween([sent(10, 5), sent(20, 5, 2), sent(30, 5, 3)], 0, 30), 5)
    assert.equal(delayBetween([sent(20, 5, 2)], 0, 30), null)
  })
})
