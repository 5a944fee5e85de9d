import assert from 'node:assert/strict'
import { decode } from '../../../lib/sls/decode'
import { FORMATS, type Format } from '../../../lib/sls/formats'

describe('sls/decode', () => {
  const object = '{"status":"502","url":"/"}'

  const cases: readonly [Format, string | null, string, unknown][] = [
    ['auto', null, object, { status: '502', url: '/' }],
    ['auto', null, ' [1,2]', [1, 2]],
    ['auto', 'content', 'GET / 200', 'GET / 200'],
    ['auto', null, '{not json', '{not json'],
    ['auto', null, '42', '42'],
    ['auto', null, '"text"', '"text"'],
    ['auto', null, '', ''],
    ['json', null, object, { status: '502', url: '/' }],
    ['json', null, '42', 42],
    ['json', null, 'null', null],
    ['text', null, object, object],
    ['fields', null, object, { status: '502', url: '/' }],
    ['fields', 'content', 'GET / 200', { content: 'GET / 200' }],
    ['fields', 'message', object, { message: object }],
    ['fields', null, 'GET / 200', { content: 'GET / 200' }],
    ['fields', null, '[1]', { content: '[1]' }],
    ['fields', 'content', '', { content: '' }],
    ['fields', '__proto__', 'x', JSON.parse('{"__proto__":"x"}')],
    ['auto', null, `\ufeff${object}`, { status: '502', url: '/' }],
    ['auto', null, '\ufeff [1,2]', [1, 2]],
    ['auto', null, '\ufeffplain', '\ufeffplain'],
    ['json', null, `\ufeff${object}`, { status: '502', url: '/' }],
    ['json', null, '\ufeff"text"', 'text'],
    ['fields', null, `\ufeff${object}`, { status: '502', url: '/' }],
    ['fields', null, '\ufeffplain', { content: '\ufeffplain' }],
    ['fields', 'content', `\ufeff${object}`, { content: `\ufeff${object}` }],
    ['text', null, `\ufeff${object}`, `\ufeff${object}`],
  ]
  for (const [format, key, value, payload] of cases) {
    it(`${format}: key ${String(key)}, value ${JSON.stringify(value)}`, () => {
      assert.deepEqual(decode(format, key, value), { payload })
    })
  }

  it('json: reports why a value is not JSON', () => {
    assert.deepEqual(decode('json', null, 'GET / 200'), { problem: 'not-json' })
    assert.deepEqual(decode('json', null, ''), { problem: 'empty' })
    assert.deepEqual(decode('json', null, '\ufeff'), { problem: 'empty' })
  })

  it('buffer: leaves the bytes as they are', () => {
    const bytes = Buffer.from([0xff, 0x00, 0xfe])
    assert.deepEqual(decode('buffer', null, bytes), { payload: bytes })
  })

  it('text that is not UTF-8 becomes replacement characters, in no format an error', () => {
    const bytes = Buffer.from([0x47, 0xff, 0x54])
    const text = bytes.toString('utf8')
    assert.deepEqual(decode('auto', null, text), { payload: 'G\ufffdT' })
    assert.deepEqual(decode('buffer', null, bytes), { payload: bytes })
  })

  for (const format of FORMATS) {
    it(`${format}: a null value is null`, () => {
      assert.deepEqual(decode(format, 'content', null), { payload: null })
    })
  }
})
