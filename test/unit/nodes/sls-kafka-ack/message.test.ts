import assert from 'node:assert/strict'
import { parseToken } from '../../../../lib/delivery/token'
import {
  partsOf as partsWith,
  type PartMessage,
} from '../../../../nodes/sls-kafka-ack/message-parts'
import { tokensOf } from '../../../../nodes/sls-kafka-ack/message-tokens'

const TOKEN = '0a1b2c3d.0.1.42.1'
const OTHER = '0a1b2c3d.0.1.43.1'

describe('nodes/sls-kafka-ack', () => {
  describe('the tokens of a message', () => {
    const numbersOf = (value: unknown, id: unknown = 'a1b2c3d4'): unknown =>
      tokensOf(value, id)?.map(({ recordNumber }) => recordNumber) ?? null

    it('are a text or a list of texts', () => {
      assert.deepEqual(numbersOf(TOKEN), [42])
      assert.deepEqual(numbersOf([TOKEN, OTHER]), [42, 43])
    })

    it('are the id of the message if there is nothing else', () => {
      for (const nothing of [undefined, null, '']) assert.deepEqual(numbersOf(nothing, OTHER), [43])
    })

    it('are missing if anything in them is none', () => {
      for (const wrong of [undefined, 'x', 5, {}, [], [TOKEN, 'x'], [TOKEN, 5]]) {
        assert.equal(numbersOf(wrong), null, JSON.stringify(wrong))
      }
      assert.equal(numbersOf('x', OTHER), null, 'the id does not stand in for a wrong token')
    })
  })

  describe('what a message is a part of', () => {
    const partsOf = (message: PartMessage, token = TOKEN): unknown =>
      partsWith(message, [parseToken(token) ?? assert.fail('no token')])
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

    it('is counted by HTML, which names the sequence after the message as well', () => {
      const parts = { id: TOKEN, index: 1, count: 2, type: 'string', ch: '' }
      assert.deepEqual(partsOf({ _msgid: TOKEN, parts }), {
        id: TOKEN,
        index: 1,
        count: 2,
        outer: null,
      })
    })

    it('may be named by a number, which means another sequence for each record', () => {
      const numbered = { parts: { id: 7, index: 0, count: 2 } }
      const [one, again, other] = [TOKEN, `${TOKEN.slice(0, -1)}2`, OTHER].map(
        (token) => partsOf(numbered, token) as { readonly id: string },
      )
      assert.deepEqual(one, again)
      assert.notEqual(one?.id, other?.id)
      assert.notEqual(one?.id, '7')
    })

    it('is uncounted where a number is none, or counts what comes before the first', () => {
      for (const wrong of [
        { id: NaN },
        { id: true },
        { index: -1 },
        { index: '1' },
        { count: 0 },
      ]) {
        assert.equal(partsOf({ parts: { ...split, ...wrong } }), 'uncounted', JSON.stringify(wrong))
      }
    })

    it('is uncounted once a node has numbered parts anew, at any level', () => {
      const marked = { ...split, uncounted: true }
      assert.equal(partsOf({ parts: marked }), 'uncounted')
      assert.equal(partsOf({ parts: { ...split, parts: marked } }), 'uncounted')
      assert.equal(partsOf({ kafka: { token: TOKEN, uncounted: true } }), 'uncounted')
    })
  })
})
