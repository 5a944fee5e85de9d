import assert from 'node:assert/strict'
import { parseToken } from '../../../../lib/delivery/token'
import {
  partsOf as partsWith,
  type PartMessage,
} from '../../../../nodes/sls-kafka-ack/runtime/message-parts'
import {
  plainPath,
  tokensOf,
  valueAt,
} from '../../../../nodes/sls-kafka-ack/runtime/message-tokens'
import type { NodeAPI, NodeMessage } from 'node-red'
import { nodeRedModule } from '../../../support/node-red-modules'

const { util } = nodeRedModule('@node-red/util') as Pick<NodeAPI, 'util'>

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

    it('are missing if one of them is no token', () => {
      for (const wrong of [undefined, 'x', 5, {}, [], [TOKEN, 'x'], [TOKEN, 5]]) {
        assert.equal(numbersOf(wrong), null, JSON.stringify(wrong))
      }
      assert.equal(numbersOf('x', OTHER), null, 'the id does not stand in for a wrong token')
    })
  })

  describe('the property that holds the token', () => {
    const pathOf = (token: string): readonly string[] | null =>
      plainPath({ action: 'ack', token, tokenType: 'msg' })
    const messages = [
      { kafka: { token: TOKEN }, payload: { a: [TOKEN], 0: OTHER }, msg: { x: 1 }, $a: 'dollar' },
      { kafka: null, payload: 'text' },
      {},
    ]

    for (const token of [
      'kafka.token',
      'msg.kafka.token',
      'payload',
      'msg.payload.a',
      'msg',
      '$a',
    ]) {
      it(`is read at ${token} as Node-RED reads it`, () => {
        const path = pathOf(token) ?? assert.fail('no plain path')
        for (const message of messages) {
          assert.deepEqual(valueAt(message, path), nodeRedValue(message, token))
        }
      })
    }

    for (const token of ['payload.a[0]', 'payload["a"]', 'payload.0', 'msg.', '', 'a..b', 'a b']) {
      it(`is left to Node-RED at "${token}"`, () => {
        assert.equal(pathOf(token), null)
      })
    }
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

    it('is the outer part after the inner sequence was joined', () => {
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

    it('is uncounted if a number is invalid or negative', () => {
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

    it('is uncounted after a node has renumbered the parts, at any level', () => {
      const marked = { ...split, uncounted: true }
      assert.equal(partsOf({ parts: marked }), 'uncounted')
      assert.equal(partsOf({ parts: { ...split, parts: marked } }), 'uncounted')
      assert.equal(partsOf({ kafka: { token: TOKEN, uncounted: true } }), 'uncounted')
    })
  })
})

function nodeRedValue(message: object, property: string): unknown {
  try {
    return util.getMessageProperty(message as NodeMessage, property)
  } catch {
    return undefined
  }
}
