import assert from 'node:assert/strict'
import { inspect } from 'node:util'
import { runInNewContext } from 'node:vm'
import { SlsKafkaError } from '../../../lib/errors'
import type { WriteFormat } from '../../../lib/config/writer-options'
import { logOf } from '../../../lib/writer/log-record'
import { logTime } from '../../../lib/writer/log-time'

const NOW = Date.UTC(2026, 10, 29, 12)
const DAY = 86_400_000
const MIB = 1_048_576

/** `key=text` for one field, the JSON text for fields. */
function written(value: unknown, format: WriteFormat = 'auto', field = ''): string {
  const { topic, record } = logOf(value, NOW, { logstore: 'app-log', format, field })
  assert.equal(topic, record.key === null ? 'app-log.json' : 'app-log')
  return record.key === null
    ? String(record.value)
    : `${String(record.key)}=${String(record.value)}`
}

function codeOf(act: () => unknown): string {
  try {
    act()
    return 'no error'
  } catch (error) {
    assert.ok(error instanceof SlsKafkaError)
    const { reasonKey } = error.params
    return reasonKey === undefined ? error.code : String(reasonKey)
  }
}

const circular: Record<string, unknown> = {}
circular['self'] = circular

describe('writer/log-record', () => {
  const same: readonly [string, unknown, string][] = [
    ['a text', 'GET /', 'content=GET /'],
    ['an empty text', '', 'content='],
    ['a number', 1.5, 'content=1.5'],
    ['a boolean', false, 'content=false'],
    ['a BigInt', 2n ** 60n, `content=${2n ** 60n}`],
    ['a Buffer of UTF-8', Buffer.from('日志'), 'content=日志'],
    ['a Date', new Date(NOW), 'content=2026-11-29T12:00:00.000Z'],
    [
      'a Date of a Function node',
      runInNewContext(`new Date(${NOW})`),
      'content=2026-11-29T12:00:00.000Z',
    ],
    ['an array within an array', [1, 'a'], 'content=[1,"a"]'],
  ]
  for (const [name, value, expected] of same) {
    it(`writes ${name} as one field, with auto and with text`, () => {
      assert.equal(written(value), expected)
      assert.equal(written(value, 'text'), expected)
    })
  }

  it('names the one field as the settings say', () => {
    assert.equal(written('a', 'text', 'message'), 'message=a')
  })

  it('writes an object as fields with auto and json, and as JSON text with text', () => {
    const value = {
      a: 'x',
      b: 1,
      c: true,
      d: { e: [1] },
      f: null,
      g: undefined,
      h: Buffer.from('é'),
    }
    const expected = '{"a":"x","b":"1","c":"true","d":"{\\"e\\":[1]}","h":"é"}'
    assert.equal(written(value), expected)
    assert.equal(written(value, 'json'), expected)
    assert.equal(written({ a: 1 }, 'text'), 'content={"a":1}')
  })

  it('writes a text that is a JSON object as fields with json, and as it is with auto', () => {
    assert.equal(written('{"a":1}', 'json'), '{"a":"1"}')
    assert.equal(written(Buffer.from('{"a":1}'), 'json'), '{"a":"1"}')
    assert.equal(written('{"a":1}'), 'content={"a":1}')
  })

  it('takes a field that has the name of a property of objects', () => {
    assert.equal(written(JSON.parse('{"__proto__":"a"}')), '{"__proto__":"a"}')
  })

  const invalid: readonly [string, unknown, WriteFormat, string][] = [
    ['null', null, 'auto', 'log-empty'],
    ['undefined', undefined, 'text', 'log-empty'],
    ['an empty object', {}, 'auto', 'log-empty'],
    ['an object of nulls', { a: null }, 'auto', 'log-empty'],
    ['a text that is no JSON object', '[1]', 'json', 'log-not-object'],
    ['a number', 1, 'json', 'log-not-object'],
    ['a function', () => 1, 'auto', 'log-no-text'],
    ['a circular object within a field', { a: circular }, 'auto', 'log-no-text'],
    ['a circular object', circular, 'text', 'log-no-text'],
    ['a Date that is no time', new Date(NaN), 'auto', 'log-no-text'],
    ['a Date that is no time within a field', { a: new Date(NaN) }, 'auto', 'log-no-text'],
    ['bytes that are no UTF-8', Buffer.from([0xff]), 'auto', 'log-not-utf8'],
    ['an empty field name', { '': 1 }, 'auto', 'field-name'],
    ['a field name of 129 bytes', { ['x'.repeat(129)]: 1 }, 'auto', 'field-name'],
    ['a field name of 43 Chinese characters', { ['日'.repeat(43)]: 1 }, 'auto', 'field-name'],
    ['a reserved field name', { __topic__: 1 }, 'auto', 'field-reserved'],
    ['a text of more than 1 MiB', 'x'.repeat(MIB), 'text', 'SLS_RECORD_TOO_LARGE'],
    ['fields of more than 1 MiB', { a: 'x'.repeat(MIB) }, 'auto', 'SLS_RECORD_TOO_LARGE'],
  ]
  for (const [name, value, format, code] of invalid) {
    it(`refuses ${name} with ${format}`, () => {
      assert.equal(
        codeOf(() => written(value, format)),
        code,
      )
    })
  }

  it('takes names and sizes at their limits', () => {
    assert.equal(
      codeOf(() => written({ ['x'.repeat(128)]: 1, ['日'.repeat(42)]: 1 })),
      'no error',
    )
    const { bytes } = logOf('x'.repeat(MIB - 7), NOW, {
      logstore: 'app-log',
      format: 'text',
      field: '',
    })
    assert.equal(bytes, MIB)
  })

  it('replaces half of a character in names and values of fields, as UTF-8 does in a text', () => {
    assert.equal(written({ '\udc00x': 'a\ud800b' }), '{"\ufffdx":"a\ufffdb"}')
    assert.equal(written({ emoji: '\u{1f600}' }), '{"emoji":"\u{1f600}"}')
  })

  it('copies a Buffer at once, because the flow may change it', () => {
    const bytes = Buffer.from('before')
    const { record } = logOf(bytes, NOW, { logstore: 'app-log', format: 'auto', field: '' })
    bytes.fill('x')
    assert.equal(record.value, 'before')
  })
})

describe('writer/log-time', () => {
  const times: readonly [unknown, number][] = [
    [undefined, NOW],
    [null, NOW],
    ['', NOW],
    [NOW - 5, NOW - 5],
    [NOW / 1000, NOW],
    [String(NOW), NOW],
    [NOW + 0.75, NOW],
    ['2026-11-29T12:00:01Z', NOW + 1_000],
    ['2026-11-29 20:00:00+08:00', NOW],
    [new Date(NOW), NOW],
    [NOW - 7 * DAY, NOW - 7 * DAY],
    [NOW + 900_000, NOW + 900_000],
  ]
  for (const [value, expected] of times) {
    it(`reads ${JSON.stringify(value)}`, () => {
      assert.equal(logTime(value, NOW), expected)
    })
  }

  for (const value of ['yesterday', '2026-11-29T12:00:00', {}, NaN, new Date(NaN), true]) {
    it(`refuses ${inspect(value)}`, () => {
      assert.equal(
        codeOf(() => logTime(value, NOW)),
        'time-invalid',
      )
    })
  }

  it('refuses a time that SLS does not take', () => {
    for (const time of [NOW - 7 * DAY - 1, NOW + 900_001, 0]) {
      assert.equal(
        codeOf(() => logTime(time, NOW)),
        'time-range',
      )
    }
  })
})
