import assert from 'node:assert/strict'
import type { Format } from '../../../lib/sls/formats'
import { startEmulator, type LogInput, type RunningEmulator } from '../../../tools/emulator/process'
import { RunningConsumer } from '../../support/running-consumer'

const LARGE = 'x'.repeat(1_000_000)
const DEEP = '{"a":'.repeat(500) + '1' + '}'.repeat(500)

/** Logs in the three shapes of SLS records; all their values are text. */
const LOGS: Readonly<Record<string, LogInput>> = {
  'one field': { content: 'GET /index.html 200' },
  'one field of JSON': { content: '{"status":"502"}' },
  'one empty field': { content: '' },
  'several fields': { method: 'GET', status: '502' },
  'Chinese text': { level: 'ERROR', message: '支付超时' },
  'a large field': { content: LARGE },
  'deeply nested': { content: DEEP },
  'imported from Kafka': {
    kafka_topic: 't',
    kafka_partition: '0',
    kafka_offset: '1',
    key: 'order-7',
    value: '{"id":7}',
  },
}

const SEVERAL = { method: 'GET', status: '502' }
const CHINESE = { level: 'ERROR', message: '支付超时' }
const NESTED: unknown = JSON.parse(DEEP)

/** The payload of each log in each format; an Error has the code that Catch nodes receive. */
const EXPECTED: Readonly<Record<Exclude<Format, 'buffer'>, Readonly<Record<string, unknown>>>> = {
  auto: {
    'one field': 'GET /index.html 200',
    'one field of JSON': { status: '502' },
    'one empty field': '',
    'several fields': SEVERAL,
    'Chinese text': CHINESE,
    'a large field': LARGE,
    'deeply nested': NESTED,
    'imported from Kafka': { id: 7 },
  },
  json: {
    'one field': new Error('SLS_DECODE_FAILED'),
    'one field of JSON': { status: '502' },
    'one empty field': new Error('SLS_VALUE_EMPTY'),
    'several fields': SEVERAL,
    'Chinese text': CHINESE,
    'a large field': new Error('SLS_DECODE_FAILED'),
    'deeply nested': NESTED,
    'imported from Kafka': { id: 7 },
  },
  text: {
    'one field': 'GET /index.html 200',
    'one field of JSON': '{"status":"502"}',
    'one empty field': '',
    'several fields': JSON.stringify(SEVERAL),
    'Chinese text': JSON.stringify(CHINESE),
    'a large field': LARGE,
    'deeply nested': DEEP,
    'imported from Kafka': '{"id":7}',
  },
  fields: {
    'one field': { content: 'GET /index.html 200' },
    'one field of JSON': { content: '{"status":"502"}' },
    'one empty field': { content: '' },
    'several fields': SEVERAL,
    'Chinese text': CHINESE,
    'a large field': { content: LARGE },
    'deeply nested': { content: DEEP },
    'imported from Kafka': { 'order-7': '{"id":7}' },
  },
}

describe('a logstore that mixes the record shapes of SLS', () => {
  let endpoint: RunningEmulator

  before(async () => {
    endpoint = await startEmulator({ logstores: { mixed: 1 } })
    await endpoint.append('mixed', Object.values(LOGS), { groupSize: 3 })
  })

  after(async () => {
    await endpoint.stop()
  })

  for (const [format, expected] of Object.entries(EXPECTED)) {
    it(`is decoded with format ${format}`, async () => {
      const settings = { logstore: 'mixed', group: format, startFrom: 'earliest', format }
      const consumer = new RunningConsumer(endpoint, settings).start()
      const names = Object.keys(LOGS)
      await consumer.until('every log', () => {
        return consumer.messages.length + consumer.recordErrors.length === names.length
      })
      await consumer.close()
      const outcome = new Map<string, unknown>([
        ...consumer.messages.map(({ offset, payload }): [string, unknown] => [offset, payload]),
        ...consumer.recordErrors.map(({ code, params }): [string, unknown] => [
          String(params['offset']),
          new Error(code),
        ]),
      ])
      const inOrder = [...outcome].sort(([a], [b]) => Number(BigInt(a) - BigInt(b)))
      names.forEach((name, index) => {
        assert.deepEqual(inOrder[index]?.[1], expected[name], name)
      })
    })
  }

  it('arrives as Buffers with format buffer', async () => {
    const settings = { logstore: 'mixed', group: 'buffer', startFrom: 'earliest', format: 'buffer' }
    const consumer = new RunningConsumer(endpoint, settings).start()
    await consumer.untilMessages(Object.keys(LOGS).length)
    await consumer.close()
    assert.deepEqual(
      consumer.payloads.map((payload) => Buffer.isBuffer(payload)),
      consumer.payloads.map(() => true),
    )
    assert.deepEqual(consumer.payloads[0], Buffer.from('GET /index.html 200'))
  })
})
