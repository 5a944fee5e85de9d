import assert from 'node:assert/strict'
import type { Node } from 'node-red'
import { containedErrorLogger } from '../../../nodes/shared/runtime/contained-errors'

const KEY = 'sls-kafka-in.log.contained'

function noting(fails = false): {
  note: (error: unknown) => void
  warned: string[]
  debugged: string[]
} {
  const [warned, debugged]: [string[], string[]] = [[], []]
  const warn = (text: string): void => {
    if (fails) throw new Error('no disk')
    warned.push(text)
  }
  const node = { warn, debug: (text: string) => debugged.push(text) } as unknown as Node
  const note = containedErrorLogger(node, (key, values) => `${key} ${String(values?.['detail'])}`)
  return { note, warned, debugged }
}

describe('containedErrorLogger', () => {
  it('warns of an exception once per cause, and shows at level debug where it was thrown', () => {
    const { note, warned, debugged } = noting()
    const fail = (offset: number): Error => new TypeError(`offset ${offset}`)
    for (const offset of [1, 2, 3]) note(fail(offset))
    note(new TypeError('another'))
    assert.deepEqual(warned, [`${KEY} offset 1`, `${KEY} another`])
    assert.match(debugged[0] ?? '', /^TypeError: offset 1\n +at fail /)
  })

  it('accepts any thrown value', () => {
    const { note, warned } = noting()
    for (const thrown of [undefined, null, 'text', Object.create(null), 'text']) note(thrown)
    assert.deepEqual(warned, [`${KEY} undefined`, `${KEY} null`, `${KEY} text`, `${KEY} object`])
  })

  it('limits the causes that it reports', () => {
    const { note, warned } = noting()
    for (let cause = 0; cause < 1_000; cause++) note(`cause ${cause}`)
    assert.equal(warned.length, 50)
  })

  it('throws nothing if the log itself fails', () => {
    noting(true).note(new Error('a bug'))
  })
})
