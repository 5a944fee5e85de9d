import assert from 'node:assert/strict'
import { partsOf } from '../../../../nodes/sls-kafka-ack/message-parts'
import { tokensOf } from '../../../../nodes/sls-kafka-ack/message-tokens'

const TOKEN = '0a1b2c3d.0.1.42.1'
const OTHER = '0a1b2c3d.0.1.43.1'

describe('nodes/sls-kafka-ack', () => {
  describe('the tokens of a message', () => {
    const offsets = (value: unknown, id: unknown = 'a1b2c3d4'): unknown =>
      tokensOf(value, id)?.map(({ offset }) => offset) ?? null

    it('are a text or a list of texts', () => {
      assert.deepEqual(offsets(TOKEN), ['42'])
      assert.deepEqual(offsets([TOKEN, OTHER]), ['42', '43'])
    })

    it('are the id of the message if there is nothing else', () => {
      for (const nothing of [undefined, null, '']) assert.deepEqual(offsets(nothing, OTHER), ['43'])
    })

    it('are missing if anything in them is none', () => {
      for (const wrong of [undefined, 'x', 5, {}, [], [TOKEN, 'x'], [TOKEN, 5]]) {
        assert.equal(offsets(wrong), null, JSON.stringify(wrong))
      }
      assert.equal(offsets('x', OTHER), null, 'the id does not stand in for a wrong token')
    })
  })

  describe('what a message is a part of', () => {
    const split = { id: 's', type: 'array', index: 1, count: 3, len: 1 }

    it('is nothing for a whole message', () => {
      assert.equal(partsOf({}), null)
      assert.equal(partsOf({ parts: {} }), null)
    })

    it('is counted by Split, also in Split', () => {
      const parts = { id: 's', index: 1, count: 3, outer: null }
      assert.deepEqual(partsOf({ parts: split }), parts)
      const nested = { ...split, id: 't', parts: split }
      assert.deepEqual(partsOf({ parts: nested }), { ...parts, id: 't', outer: parts })
    })

    it('is what was split before, once the inner sequence was joined', () => {
      assert.deepEqual(partsOf({ parts: { parts: split } }), {
        id: 's',
        index: 1,
        count: 3,
        outer: null,
      })
    })

    it('is uncounted for a stream of unknown length, at any level', () => {
      const { count, ...stream } = split
      assert.equal(count, 3)
      assert.equal(partsOf({ parts: stream }), 'uncounted')
      assert.equal(partsOf({ parts: { ...split, parts: stream } }), 'uncounted')
    })

    it('is counted by Batch, unless Split had numbered the parts before', () => {
      const first = { id: TOKEN, index: 0, count: 2 }
      assert.ok(partsOf({ _msgid: TOKEN, parts: first }))
      assert.equal(partsOf({ _msgid: TOKEN, parts: { ...first, type: 'array' } }), 'uncounted')
    })
  })
})
