import assert from 'node:assert/strict'
import { finishedRecords } from '../../../tools/shared/integrity/acked'
import type { SinkMessage } from '../../../tools/shared/node-red'

let clock = 0

beforeEach(() => {
  clock = 0
})

function passing(properties: Readonly<Record<string, unknown>>): SinkMessage {
  clock += 1
  return { sink: 'sink', _msgid: '', passedAt: clock, ...properties }
}

function sent(offset: string, token: string): SinkMessage {
  return passing({ partition: 0, offset, _msgid: token, kafka: { token } })
}

/** As a Split, or a Split behind a Split, numbers its parts. */
function part(
  token: string,
  ...path: readonly (readonly [string, number, number?])[]
): SinkMessage {
  const parts = path.reduce<object | undefined>(
    (outer, [id, index, count]) => ({
      id,
      index,
      ...(count && { count }),
      ...(outer && { parts: outer }),
    }),
    undefined,
  )
  return passing({ kafka: { token }, parts })
}

describe('what the messages before an ack node say', () => {
  it('finishes a record when its token passes for the first time', () => {
    const records = [sent('5', 'a'), sent('6', 'b')]
    const acked = [passing({ kafka: { token: 'b' } }), passing({ kafka: { token: 'b' } })]
    assert.deepEqual([...finishedRecords(records, acked)], [['0:6', 3]])
  })

  it('knows a record by each of its tokens: it may be sent again', () => {
    const records = [sent('5', 'a.1'), sent('5', 'a.2')]
    const acked = [passing({ kafka: { token: 'a.1' } })]
    assert.deepEqual([...finishedRecords(records, acked)], [['0:5', 3]])
  })

  it('takes the id of the message where there is no token, and a list of tokens', () => {
    const records = [sent('5', 'a'), sent('6', 'b'), sent('7', 'c')]
    const acked = [passing({ _msgid: 'c' }), passing({ kafka: { token: ['a', 'b'] } })]
    assert.deepEqual([...finishedRecords(records, acked).keys()], ['0:7', '0:5', '0:6'])
  })

  it('takes the tokens from where it is told', () => {
    const acked = [passing({ tokens: ['a'] })]
    const finished = finishedRecords([sent('5', 'a')], acked, ({ tokens }) => tokens)
    assert.deepEqual([...finished.keys()], ['0:5'])
  })

  it('finishes all records of a batch', () => {
    const batch = passing({
      partition: 1,
      records: [{ offset: '5' }, { offset: '9' }],
      kafka: { token: 'a' },
    })
    const acked = [passing({ kafka: { token: 'a' } })]
    assert.deepEqual([...finishedRecords([batch], acked).keys()], ['1:5', '1:9'])
  })

  it('takes messages without any token for the records that they are', () => {
    const message = passing({ partition: 2, offset: '3' })
    assert.deepEqual([...finishedRecords([message], [message])], [['2:3', 1]])
  })

  it('knows nothing of a token that was never sent', () => {
    assert.equal(finishedRecords([sent('5', 'a')], [passing({ kafka: { token: 'x' } })]).size, 0)
  })

  it('finishes a record that was split when its last part passes, in any order', () => {
    const parts = [part('a', ['s', 2, 3]), part('a', ['s', 0, 3]), part('a', ['s', 0, 3])]
    const record = sent('5', 'a')
    assert.equal(finishedRecords([record], parts).size, 0)
    const last = part('a', ['s', 1, 3])
    assert.deepEqual([...finishedRecords([record], [...parts, last])], [['0:5', last.passedAt]])
  })

  it('finishes no record of which the number of parts is unknown', () => {
    assert.equal(finishedRecords([sent('5', 'a')], [part('a', ['s', 0])]).size, 0)
  })

  it('finishes a record that was split twice when each part of a part has passed', () => {
    const record = sent('5', 'a')
    const parts = [
      part('a', ['s', 0, 2], ['t', 0, 2]),
      part('a', ['s', 0, 2], ['t', 1, 2]),
      part('a', ['s', 1, 2], ['u', 0, 1]),
    ]
    assert.equal(finishedRecords([record], parts.slice(0, 2)).size, 0)
    assert.equal(finishedRecords([record], parts).size, 1)
  })

  it('finishes records that stand in one sequence together', () => {
    const records = [sent('5', 'a'), sent('6', 'b')]
    const members = [part('a', ['s', 0, 2]), part('b', ['s', 1, 2])]
    assert.equal(finishedRecords(records, members.slice(0, 1)).size, 0)
    assert.deepEqual([...finishedRecords(records, members).keys()], ['0:5', '0:6'])
  })
})
