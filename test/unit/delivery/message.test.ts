import assert from 'node:assert/strict'
import {
  batchMessage,
  recordMessage,
  UNACKNOWLEDGED,
  type RecordMessage,
} from '../../../lib/delivery/message'
import {
  copyOfRecord,
  decodeValue,
  readRecord,
  type DecodedValue,
} from '../../../lib/delivery/read-record'
import type { FetchedRecord, RecordHeader } from '../../../lib/kafka/log-source'
import { compileConsumerOptions, type ConsumerOptions } from '../../../lib/config/consumer-options'
import { FORMATS, type Format } from '../../../lib/sls/formats'
import { PROJECT, valid } from '../../../tools/shared/consumer-options'
import { nodeRedModule } from '../../support/node-red-modules'

/** Node-RED's function that copies a message for a second wire. */
const { util } = nodeRedModule('@node-red/util') as {
  util: { cloneMessage<M>(message: M): M }
}

const MEGABYTE = 1 << 20
const MESSAGE_ID = /^[0-9a-f]{16}$/

function options(format: Format): ConsumerOptions {
  const settings = { logstore: 'nginx-access', group: 'node-red', format }
  return valid(compileConsumerOptions(settings, PROJECT))
}

/** A record whose key and value are slices of one large response, as in kafkajs. */
function sliced(key: string | null, value: string): FetchedRecord {
  const answer = Buffer.alloc(MEGABYTE)
  const valueLength = answer.write(value, 0)
  const keyLength = answer.write(key ?? '', valueLength)
  return {
    offset: '6717046784',
    key: key === null ? null : answer.subarray(valueLength, valueLength + keyLength),
    value: answer.subarray(0, valueLength),
    timestamp: 1795342764,
    size: keyLength + valueLength,
  }
}

function messageOf(fetched: FetchedRecord, format: Format, copy = false): RecordMessage {
  const read = readRecord(fetched, 2, format)
  const { payload } = decodeValue(read, 2, format)
  const record = copy ? copyOfRecord(read) : read
  return recordMessage(record, payload, 2, UNACKNOWLEDGED, options(format))
}

function decoded(fetched: FetchedRecord, shard: number, format: Format): DecodedValue {
  return decodeValue(readRecord(fetched, shard, format), shard, format)
}

/** Every Buffer that can be reached from a value. */
function buffersIn(value: unknown): Buffer[] {
  if (Buffer.isBuffer(value)) return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(buffersIn) : []
}

describe('delivery/message', () => {
  it('has the documented properties in a message', () => {
    const { _msgid, ...message } = messageOf(sliced(null, '{"status":"502"}'), 'auto')
    assert.match(_msgid, MESSAGE_ID)
    assert.deepEqual(message, {
      payload: { status: '502' },
      topic: 'nginx-access',
      partition: 2,
      offset: '6717046784',
      key: null,
      value: '{"status":"502"}',
      timestamp: 1795342764000,
      kafka: { project: 'shop-prod', group: 'node-red', attempt: 1 },
    })
  })

  for (const format of ['auto', 'json', 'fields', 'text'] as const) {
    it(`keeps numbers beyond 2^53 exact in value, with format ${format}`, () => {
      const text = '{"id":7615917337495251231,"fee":0.12345678901234567890}'
      const { value, payload } = messageOf(sliced(null, text), format)
      assert.equal(value, text)
      // JSON.parse rounds these numbers, as documented. The value has the exact text.
      if (format !== 'text') assert.equal((payload as { id: number }).id, 7615917337495251000)
      else assert.equal(payload, text)
    })
  }

  for (const format of FORMATS) {
    it(`does not keep the fetch response in memory, with format ${format}`, () => {
      const message = messageOf(sliced('content', '{"a":"1"}'), format)
      const buffers = buffersIn(message)
      assert.equal(buffers.length > 0, format === 'buffer')
      for (const buffer of buffers) assert.ok(buffer.buffer.byteLength < MEGABYTE)
    })
  }

  it('gives key and value as Buffers with format buffer', () => {
    const message = messageOf(sliced('content', 'text'), 'buffer')
    assert.deepEqual(message.key, Buffer.from('content'))
    assert.deepEqual(message.value, Buffer.from('text'))
    assert.deepEqual(message.payload, Buffer.from('text'))
  })

  it('keeps a null value null', () => {
    const message = messageOf({ ...sliced('k', ''), value: null }, 'json')
    assert.equal(message.payload, null)
    assert.equal(message.value, null)
  })

  it('gives headers as text, also those with several values', () => {
    const headers: RecordHeader[] = [
      ['many', Buffer.from('a')],
      ['one', Buffer.from('1')],
      ['many', Buffer.from('b')],
    ]
    const message = messageOf({ ...sliced(null, 'x'), headers }, 'auto')
    assert.deepEqual(message.kafka.headers, { one: '1', many: ['a', 'b'] })
  })

  it('gives a repeated header with a missing value as a list with null', () => {
    const headers: RecordHeader[] = [
      ['trace', Buffer.from('a')],
      ['trace', null],
      ['alone', null],
    ]
    const message = messageOf({ ...sliced(null, 'x'), headers }, 'auto')
    assert.deepEqual(message.kafka.headers, { trace: ['a', null], alone: null })
  })

  it('gives headers of any name as properties of their own', () => {
    const names = ['constructor', '__proto__', 'toString', 'hasOwnProperty', '__defineGetter__']
    const headers = names.map((name): RecordHeader => [name, Buffer.from(`of ${name}`)])
    const record = { ...sliced(null, 'x'), headers }
    const expected = names.map((name): [string, string] => [name, `of ${name}`])
    for (const { kafka } of [messageOf(record, 'auto'), messageOf(record, 'auto', true)]) {
      assert.deepEqual(Object.entries(kafka.headers ?? {}), expected)
      assert.equal(Object.getPrototypeOf(kafka.headers), Object.prototype)
    }
    // Node-RED's own copy for a second wire leaves out `__proto__`, in any object.
    const copy = util.cloneMessage(messageOf(record, 'auto')).kafka.headers ?? {}
    assert.deepEqual(
      Object.entries(copy),
      expected.filter(([name]) => name !== '__proto__'),
    )
    assert.equal(Object.getPrototypeOf(copy), Object.prototype)
  })

  it('takes linear time for headers of one name', () => {
    const headers = Array.from({ length: 60_000 }, (): RecordHeader => ['trace', Buffer.from('1')])
    const message = messageOf({ ...sliced(null, 'x'), headers }, 'auto')
    assert.equal(message.kafka.headers?.['trace']?.length, 60_000)
  })

  it('names an undecodable record, and returns its value', () => {
    const { error, payload } = decoded(sliced(null, 'GET / 200'), 2, 'json')
    assert.equal(error?.code, 'SLS_DECODE_FAILED')
    assert.deepEqual(error.params, { shard: 2, offset: '6717046784', value: 'GET / 200' })
    assert.equal(payload, 'GET / 200')
  })

  it('quotes only the beginning of a long value', () => {
    const { error } = decoded(sliced(null, 'x'.repeat(5000)), 0, 'json')
    assert.ok(String(error?.params['value']).length < 100)
  })

  it('puts records of one shard into a message batch, each with its own fields', () => {
    const records = ['{"a":"1"}', 'text'].map((value, index) =>
      readRecord({ ...sliced(null, value), offset: String(7 + index) }, 2, 'auto'),
    )
    const payloads = records.map((record) => decodeValue(record, 2, 'auto').payload)
    const batch = batchMessage(records, payloads, 2, UNACKNOWLEDGED, options('auto'))
    const { _msgid, ...message } = batch
    assert.match(_msgid, MESSAGE_ID)
    assert.deepEqual(message, {
      payload: [{ a: '1' }, 'text'],
      records: [
        { offset: '7', key: null, value: '{"a":"1"}', timestamp: 1795342764000 },
        { offset: '8', key: null, value: 'text', timestamp: 1795342764000 },
      ],
      topic: 'nginx-access',
      partition: 2,
      offset: '7',
      lastOffset: '8',
      timestamp: 1795342764000,
      kafka: { project: 'shop-prod', group: 'node-red', attempt: 1 },
    })
  })
})
