import assert from 'node:assert/strict'
import { wrap } from '../../../lib/doctor/wrap'

describe('doctor/wrap', () => {
  it('breaks between words', () => {
    assert.deepEqual(wrap('one two three', 7), ['one two', 'three'])
    assert.deepEqual(wrap('one two three', 100), ['one two three'])
  })

  it('gives a long word its own line', () => {
    assert.deepEqual(wrap('a longer-than-it-may-be b', 6), ['a', 'longer-than-it-may-be', 'b'])
  })

  it('breaks between Chinese characters, which take two columns, and begins no line with a mark', () => {
    assert.deepEqual(wrap('日志库存在', 4), ['日志', '库存', '在'])
    assert.deepEqual(wrap('日志，库', 4), ['日志，', '库'])
    assert.deepEqual(wrap('从 1024 到 2048', 8), ['从 1024', '到 2048'])
  })

  it('loses nothing', () => {
    const text = 'Shard 0：从 6717702144 到 6717833216，压缩 none、gzip；“日志” and so on.'
    for (const width of [1, 5, 20, 100]) {
      assert.equal(wrap(text, width).join('').replace(/\s/g, ''), text.replace(/\s/g, ''))
    }
  })
})
