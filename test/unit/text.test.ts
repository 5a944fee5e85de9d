import assert from 'node:assert/strict'
import { escapeControls, escapeValues } from '../../lib/text'

describe('escapeControls', () => {
  it('escapes characters that forge lines, steer a terminal or reverse the order of letters', () => {
    assert.equal(escapeControls('a\r\nb\tc'), String.raw`a\r\nb\tc`)
    assert.equal(
      escapeControls('\u001b[31mred\u0000\u007f\u009b'),
      String.raw`\u001b[31mred\u0000\u007f\u009b`,
    )
    assert.equal(escapeControls('\u2028\u2029\u0085'), String.raw`\u2028\u2029\u0085`)
    const turning = [0x061c, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e]
    for (const code of [...turning, 0x2066, 0x2067, 0x2068, 0x2069]) {
      const digits = code.toString(16).padStart(4, '0')
      assert.equal(escapeControls(`x${String.fromCharCode(code)}y`), `x\\u${digits}y`)
    }
  })

  it('keeps every other text, in any language', () => {
    for (const text of ['', 'C:\\new', '日志库“a”', 'שלום', '👩‍👩‍👧', 'a b', '\ufeff']) {
      assert.equal(escapeControls(text), text)
    }
  })
})

describe('escapeValues', () => {
  it('escapes the texts among values, and not again in a second call', () => {
    const values = escapeValues({ group: 'a\nb', shard: 7 })
    assert.deepEqual(values, { group: String.raw`a\nb`, shard: 7 })
    assert.deepEqual(escapeValues(values), values)
  })
})
