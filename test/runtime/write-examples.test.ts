import assert from 'node:assert/strict'
import type { SinkMessage } from '../../tools/shared/node-red'
import { ExampleRig, LOGSTORE, TARGET } from './support/example-rig'
import { startMqttBroker } from './support/mqtt-broker'

/** What is acknowledged is soon committed, and what has failed soon comes again; milliseconds. */
const SOON = { commitInterval: '100', retryDelay: '100' }
const DAY_MS = 86_400_000

type Fields = Readonly<Record<string, string>>

describe('examples that write', () => {
  const rig = ExampleRig.forAll()

  /** The first logs of the logstore that the example writes to. */
  async function stored(count: number): Promise<readonly SinkMessage[]> {
    return rig.arrivedAt(TARGET, count)
  }

  function fieldsOf(messages: readonly SinkMessage[]): Fields[] {
    return messages.map(({ payload }) => payload as Fields)
  }

  describe('18: enrich and write back', () => {
    it('writes each log with its time and where it comes from', async () => {
      const time = Math.floor(Date.now() / 1000) * 1000 - 3_600_000
      await rig.deployReading('18', { consumer: SOON })
      const logs = [
        { path: '/a', request_time: '0.2' },
        { path: '/b', request_time: '3.5' },
        { path: '/c', size: '7' },
      ]
      await rig.emulator.append(LOGSTORE, logs, { time })
      const written = await stored(logs.length)
      const origins = new Set(fieldsOf(written).map(({ origin }) => origin))
      assert.equal(origins.size, logs.length)
      for (const origin of origins) assert.match(String(origin), /^shop-log-\d-\d+$/)
      const slow = new Map(fieldsOf(written).map((fields) => [fields['path'], fields['slow']]))
      const expected = [
        ['/a', 'false'],
        ['/b', 'true'],
        ['/c', undefined],
      ] as const
      assert.deepEqual(slow, new Map(expected))
      for (const { timestamp } of written) assert.equal(timestamp, time)
      await rig.allCommitted()
      assert.equal(rig.at('not written').length, 0)
    })

    it('sends a log again that could not be written, and commits nothing behind it', async () => {
      await rig.deployReading('18', { consumer: SOON })
      const before = await rig.committed()
      const old = [{ path: '/old', size: '1' }]
      await rig.emulator.append(LOGSTORE, old, { shard: 0, time: Date.now() - 8 * DAY_MS })
      await rig.emulator.append(LOGSTORE, [{ path: '/new', size: '1' }], { shard: 0 })
      const [first, second] = await rig.arrivedAt('not written', 2)
      assert.equal(first?.error?.code, 'SLS_RECORD_INVALID')
      assert.deepEqual([first.kafka?.['attempt'], second?.kafka?.['attempt']], [1, 2])
      const paths = fieldsOf(await stored(1)).map(({ path }) => path)
      assert.deepEqual(paths, ['/new'])
      assert.equal((await rig.committed())[0], before[0])
    })
  })

  describe('19: dead letters into a logstore', () => {
    const GOOD = { status: '200', path: '/' }
    const BAD = { status: 'none', path: '/y' }

    it('writes what cannot be processed, with the reason, and goes on', async () => {
      await rig.deployReading('19', { consumer: SOON })
      await rig.emulator.append(LOGSTORE, ['no JSON', BAD, GOOD], { shard: 0 })
      const letters = fieldsOf(await stored(2))
      const logs = new Map(letters.map(({ code, log }) => [code, log]))
      const expected = [
        ['SLS_DECODE_FAILED', 'no JSON'],
        ['SLS_ATTEMPTS_EXHAUSTED', JSON.stringify(BAD)],
      ] as const
      assert.deepEqual(logs, new Map(expected))
      for (const { logstore, shard, message } of letters) {
        assert.deepEqual([logstore, shard], [LOGSTORE, '0'])
        assert.notEqual(message, undefined)
      }
      await rig.allCommitted()
    })
  })

  describe('20: rows from HTTP into a logstore', () => {
    async function post(rows: unknown): Promise<readonly [status: number, body: unknown]> {
      const response = await fetch(`${rig.nodeRed.url}/logs`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(rows),
      })
      return [response.status, await response.json()]
    }

    it('answers with 200 when all rows are stored', async () => {
      await rig.deploy('20')
      const rows = [{ text: 'one' }, { text: 'two' }, { text: 'three' }]
      assert.deepEqual(await post(rows), [200, { stored: 3 }])
      assert.deepEqual(await post({ text: 'four' }), [200, { stored: 1 }])
      const texts = fieldsOf(await stored(4)).map(({ text }) => text)
      assert.deepEqual(texts.sort(), ['four', 'one', 'three', 'two'])
    })

    it('answers with 400 and the index of a row that SLS does not take', async () => {
      await rig.deploy('20')
      const [status, body] = await post([{ text: 'one' }, {}, { text: 'two' }])
      assert.equal(status, 400)
      assert.deepEqual((body as { readonly unwritten: unknown }).unwritten, [1])
      assert.equal((await stored(2)).length, 2)
    })

    it('answers with 503 while SLS cannot be reached', async () => {
      await rig.deploy('20', { properties: { 'sls-kafka-out': { writeTimeout: '1' } } })
      await post({ text: 'one' })
      await rig.emulator.close()
      const [status, body] = await post([{ text: 'two' }])
      assert.equal(status, 503)
      assert.deepEqual((body as { readonly unwritten: unknown }).unwritten, [0])
      await rig.emulator.open()
    })

    it('answers with 503 without a logstore, and ignores the error that belongs to no request', async () => {
      const from = rig.nodeRed.logs().length
      await rig.deploy('20', { properties: { 'sls-kafka-out': { logstore: '' } } })
      assert.equal((await post([{ text: 'one' }]))[0], 503)
      const logs = rig.nodeRed.logs().slice(from)
      assert.deepEqual(
        logs.filter((line) => line.includes('No response object')),
        [],
      )
    })
  })

  describe('21: forward from MQTT', () => {
    it('writes each message as a log with its topic', async () => {
      const broker = await rig.resources.started(startMqttBroker())
      await rig.deploy('21', { properties: { 'mqtt-broker': { port: String(broker.port) } } })
      await broker.publish('devices/1', '{"temperature":21.5}')
      await broker.publish('devices/2', 'on')
      const logs = fieldsOf(await stored(2))
      const byTopic = new Map(logs.map(({ mqtt_topic: topic, ...fields }) => [topic, fields]))
      const expected = [
        ['devices/1', { temperature: '21.5' }],
        ['devices/2', { value: 'on' }],
      ] as const
      assert.deepEqual(byTopic, new Map<string | undefined, Fields>(expected))
    })
  })
})
