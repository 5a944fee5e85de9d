import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { LogInput } from '../../tools/emulator/process'
import type { FlowNode } from '../../tools/shared/node-red'
import { exampleNames, readExample, withStatuses } from './support/example'
import { ExampleRig, GROUP, LOGSTORE, SHARDS, WAIT_MS } from './support/example-rig'

/** Nodes that cannot start before the user has filled them in. */
const CLIENTS = ['sls-kafka-in', 'sls-kafka-out']

describe('examples', () => {
  const rig = ExampleRig.forAll()

  describe('as they are imported', () => {
    for (const name of exampleNames()) {
      it(`${name} asks for what is missing, and for nothing else`, async () => {
        const from = rig.nodeRed.logs().length
        const example = readExample(name.slice(0, 2))
        await rig.nodeRed.deploy(withStatuses(example, rig.sink))
        const node = example.find(({ type }) => CLIENTS.includes(type)) ?? assert.fail('no node')
        const { status } = await rig.sink.waitFor(
          (message) => message.status?.source?.id === node.id,
        )
        assert.deepEqual([status?.fill, status?.['code']], ['red', 'SLS_CONFIG_INVALID'])
        const complaints = rig.nodeRed
          .logs()
          .slice(from)
          .filter((line) => /\[(warn|error)\]/.test(line))
          .filter((line) => !/\[sls-kafka-(in|out):[^\]]+\] SLS_CONFIG_INVALID/.test(line))
        assert.deepEqual(complaints, [])
      })
    }
  })

  describe('01: read a logstore', () => {
    it('shows every record', async () => {
      await rig.deployReading('01')
      await rig.emulator.append(LOGSTORE, [{ level: 'INFO', message: 'one' }, 'two'])
      const payloads = (await rig.arrivedAt('records', 2)).map(({ payload }) => payload)
      assert.ok(payloads.some((payload) => payload === 'two'))
      assert.equal(rig.at('errors').length, 0)
    })
  })

  describe('03: rows into a file in batches', () => {
    const LOGS = 950

    it('writes every log once, a line each, in the order of its shard', async () => {
      await rig.deployReading('03')
      const lines = Array.from({ length: LOGS }, (_, index) => `line ${index}, "支付" \n second`)
      await rig.emulator.append(LOGSTORE, lines)
      const rows = await rowsWritten(LOGS)
      assert.deepEqual(rows.map(({ content }) => content).sort(), lines.sort())
      for (let shard = 0; shard < SHARDS; shard++) {
        const offsets = rows
          .filter((row) => row.shard === shard)
          .map(({ offset }) => BigInt(offset))
        assert.ok(offsets.length > 0)
        assert.deepEqual(offsets, [...offsets].sort(ascending), `offsets of shard ${shard}`)
      }
      assert.ok(rows.every(({ time }) => !Number.isNaN(Date.parse(time))))
    })

    interface Row {
      readonly time: string
      readonly shard: number
      readonly offset: string
      readonly content: string
    }

    /** The file, as soon as it has been given so many rows. */
    async function rowsWritten(count: number): Promise<Row[]> {
      let written = 0
      await rig.sink.waitFor(({ sink: name, records }) => {
        if (name !== 'rows written') return false
        const batch = (records as readonly unknown[]).length
        assert.ok(batch <= 100, `${batch} rows in a batch`)
        written += batch
        return written >= count
      }, WAIT_MS)
      // Node-RED runs in its user directory.
      const file = await readFile(join(rig.nodeRed.userDir, 'sls-logs.jsonl'), 'utf8')
      return file
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Row)
    }
  })

  describe('04: mixed logs to uniform rows', () => {
    const TIME = Date.UTC(2026, 0, 2, 3, 4, 5, 678)
    const ROWS: readonly (readonly [log: LogInput, level: string, text: string])[] = [
      ['GET /index.html 200', 'INFO', 'GET /index.html 200'],
      ['an ERROR in one line', 'ERROR', 'an ERROR in one line'],
      ['{"looks": "like JSON"', 'INFO', '{"looks": "like JSON"'],
      [{ request_method: 'GET', request_uri: '/', status: '200' }, 'INFO', 'GET / 200'],
      [{ request_method: 'PUT', request_uri: '/cart', status: '502' }, 'ERROR', 'PUT /cart 502'],
      [{ level: 'warn', message: '支付超时' }, 'WARN', '支付超时'],
      [{ only: 'one other field' }, 'INFO', '{"only":"one other field"}'],
      [{ a: '1', b: '2' }, 'INFO', '{"a":"1","b":"2"}'],
    ]

    it('makes the same row of logs with one and with many fields', async () => {
      await rig.deployReading('04')
      await rig.emulator.append(
        LOGSTORE,
        ROWS.map(([log]) => log),
        { shard: 0, time: TIME },
      )
      const time = new Date(TIME).toISOString()
      assert.deepEqual(
        (await rig.arrivedAt('rows', ROWS.length)).map(({ payload }) => payload),
        ROWS.map(([, level, text]) => ({ time, level, text })),
      )
      assert.equal(rig.at('problems').length, 0)
    })
  })

  describe('05: one logstore to two flows', () => {
    const LOGS = 200

    it('gives each flow every log once, by one member of the group', async () => {
      await rig.deployReading('05')
      const logs = Array.from({ length: LOGS }, (_, index) => ({
        id: String(index),
        status: '504',
        request_time: '60.001',
      }))
      await rig.emulator.append(LOGSTORE, logs)
      for (const flow of ['errors', 'slow requests']) {
        const payloads = (await rig.arrivedAt(flow, LOGS)).map(({ payload }) => payload as LogEntry)
        assert.deepEqual(
          payloads.sort((one, other) => Number(one.id) - Number(other.id)),
          logs,
          flow,
        )
      }
      const group = (await rig.emulator.state()).groups.find(({ id }) => id === GROUP)
      assert.equal(group?.members.length, 1)
    })

    interface LogEntry {
      readonly id: string
    }
  })

  describe('06: alert from the status', () => {
    const CODE = 'SLS_AUTH_FAILED'
    const NODE = 'my logstore'
    const LATE_SECONDS = 5

    it('has nothing but a Switch between the Status node and each alert', () => {
      const example = readExample('06')
      const [status, branch] = [oneOf(example, 'status'), oneOf(example, 'switch')]
      assert.deepEqual(status['scope'], [oneOf(example, 'sls-kafka-in').id])
      assert.deepEqual(status['wires'], [[branch.id]])
      const alerts = example.filter(({ name }) => name === 'fails' || name === 'late')
      const wired = (branch['wires'] as readonly (readonly string[])[]).flat()
      assert.ok(alerts.length === 2 && alerts.every(({ id }) => wired.includes(id)))
    })

    it('reports the code of a failure, and the recovery', async () => {
      const service = { ...rig.emulator, accessKeySecret: 'another-secret' }
      await rig.deploy('06', { service })
      const [failure] = await rig.arrivedAt('fails', 1)
      assert.deepEqual([failure?.status?.['code'], failure?.status?.['state']], [CODE, 'failed'])
      await rig.emulator.setAccessKey(rig.emulator.accessKeyId, service.accessKeySecret)
      const told = await rig.arrivedAt('alert', 2)
      assert.deepEqual(
        told.map(({ payload }) => payload),
        [`${NODE} fails: ${CODE}`, `${NODE} reads`],
      )
    })

    it('reports that reading is late, and only once that it still is', async () => {
      const variables = { LATE_SECONDS: String(LATE_SECONDS) }
      await rig.deployReading('06', { consumer: { maxRate: '1' }, variables })
      const anHourAgo = Date.now() - 3_600_000
      const logs = Array.from({ length: 60 }, (_, index) => `line ${index}`)
      await rig.emulator.append(LOGSTORE, logs, { time: anHourAgo })
      const late = await rig.arrivedAt('late', 3)
      assert.ok(late.every(({ status }) => Number(status?.['delaySeconds']) >= LATE_SECONDS))
      const told = rig.at('alert').filter(({ payload }) => payload === `${NODE} is late`)
      assert.equal(told.length, 1)
      assert.equal(rig.at('fails').length, 0)
      await rig.press('pause')
      await rig.arrivedAt('alert', rig.at('alert').length + 1)
      assert.equal(rig.at('alert').at(-1)?.payload, `${NODE} reads`, 'a pause is not late')
    })
  })
})

function oneOf(example: readonly FlowNode[], type: string): FlowNode {
  const found = example.find((node) => node.type === type)
  assert.ok(found, `no ${type}`)
  return found
}

function ascending(one: bigint, other: bigint): number {
  return one < other ? -1 : one > other ? 1 : 0
}
