import assert from 'node:assert/strict'
import { visible, visibleValues } from '../../lib/visible'

describe('visible', () => {
  it('escapes what forges lines, steers a terminal or turns the order of letters', () => {
    assert.equal(visible('a\r\nb\tc'), String.raw`a\r\nb\tc`)
    assert.equal(
      visible('\u001b[31mred\u0000\u007f\u009b'),
      String.raw`\u001b[31mred\u0000\u007f\u009b`,
    )
    assert.equal(visible('\u2028\u2029\u0085'), String.raw`\u2028\u2029\u0085`)
    const turning = [0x061c, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e]
    for (const code of [...turning, 0x2066, 0x2067, 0x2068, 0x2069]) {
      const digits = code.toString(16).padStart(4, '0')
      assert.equal(visible(`x${String.fromCharCode(code)}y`), `x\\u${digits}y`)
    }
  })

  it('leaves every other text as it is, in any language', () => {
    for (const text of ['', 'C:\\new', '日志库“a”', 'שלום', '👩‍👩‍👧', 'a b', '\ufeff']) {
      assert.equal(visible(text), text)
    }
  })

  it('escapes the texts among values, once', () => {
    const values = visibleValues({ group: 'a\nb', shard: 7 })
    assert.deepEqual(values, { group: String.raw`a\nb`, shard: 7 })
    assert.deepEqual(visibleValues(values), values)
  })
})
