import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { LogInput } from '../support/emulator'
import type { FlowNode } from '../support/node-red'
import { startChatRobot, type ChatMessage, type ChatRobot } from './support/chat-robot'
import { exampleNames, readExample, withStatuses } from './support/example'
import { ExampleBench, GROUP, LOGSTORE, SHARDS, WAIT_MS } from './support/example-bench'

describe('examples', () => {
  const bench = ExampleBench.forAll()

  describe('as they are imported', () => {
    for (const name of exampleNames()) {
      it(`${name} asks for what is missing, and for nothing else`, async () => {
        const from = bench.nodeRed.logs().length
        const example = readExample(name.slice(0, 2))
        await bench.nodeRed.deploy(withStatuses(example, bench.sink))
        const node = oneOf(example, 'sls-kafka-in')
        const { status } = await bench.sink.waitFor(
          (message) => message.status?.source?.id === node.id,
        )
        assert.deepEqual([status?.fill, status?.['code']], ['red', 'SLS_CONFIG_INVALID'])
        const complaints = bench.nodeRed
          .logs()
          .slice(from)
          .filter((line) => /\[(warn|error)\]/.test(line))
          .filter((line) => !/\[sls-kafka-in:[^\]]+\] SLS_CONFIG_INVALID/.test(line))
        assert.deepEqual(complaints, [])
      })
    }
  })

  describe('01: read a logstore', () => {
    it('shows every record', async () => {
      await bench.deployReading('01')
      await bench.endpoint.append(LOGSTORE, [{ level: 'INFO', message: 'one' }, 'two'])
      const payloads = (await bench.arrivedAt('records', 2)).map(({ payload }) => payload)
      assert.ok(payloads.some((payload) => payload === 'two'))
      assert.equal(bench.at('errors').length, 0)
    })
  })

  describe('02: errors to a chat robot', () => {
    const ERRORS = 500
    let robot: ChatRobot

    beforeEach(async () => {
      robot = await bench.resources.started(startChatRobot())
    })

    it('tells the first of 500 errors at once, and within a minute nothing else', async () => {
      const variables = { CHAT_WEBHOOK_URL: robot.url }
      await bench.deployReading('02', { variables, alsoAt: ['1 a minute'] })
      await bench.endpoint.append(LOGSTORE, [...someErrors(ERRORS), ...noErrors(ERRORS)])
      await bench.arrivedAt('1 a minute', ERRORS)
      await bench.arrivedAt('answer', 1)
      assert.deepEqual(robot.messages.map(errorsTold), [1])
      assert.equal(bench.at('1 a minute').length, ERRORS, 'errors')
      assert.equal(variable('02', 'CHAT_SECONDS'), '60')
    })

    it('tells each interval how many errors came since, none of them twice', async () => {
      const seconds = 3
      const variables = { CHAT_WEBHOOK_URL: robot.url, CHAT_SECONDS: String(seconds) }
      await bench.deployReading('02', { variables, alsoAt: ['1 a minute'] })
      await bench.endpoint.append(LOGSTORE, someErrors(ERRORS))
      assert.equal((await toldOf(ERRORS))[0], 1)
      // None came in the interval after that, so the next one is told at once again.
      await bench.endpoint.append(LOGSTORE, ['the very last ERROR'])
      await toldOf(ERRORS + 1)
      robot.messages.slice(1).forEach((message, index) => {
        const gap = message.at - (robot.messages[index]?.at ?? 0)
        // A message can be on its way for longer than the next one.
        assert.ok(gap > (seconds - 1) * 1000, `${gap} ms between two messages`)
      })
    })

    it('sends what DingTalk and WeCom take, with the last error', async () => {
      await bench.deployReading('02', { variables: { CHAT_WEBHOOK_URL: robot.url } })
      await bench.endpoint.append(LOGSTORE, ['ERROR: "支付超时" \\ C:\\temp'])
      const { contentType, body } = await robot.waitFor(() => true, WAIT_MS)
      assert.match(contentType ?? '', /^application\/json/)
      const content = `SLS ${LOGSTORE}: 1 error\nERROR: "支付超时" \\ C:\\temp`
      assert.deepEqual(body, { msgtype: 'text', text: { content } })
    })

    it('reports an address that is missing as a problem', async () => {
      await bench.deployReading('02')
      await bench.endpoint.append(LOGSTORE, ['ERROR'])
      const [problem] = await bench.arrivedAt('problems', 1)
      assert.equal(problem?.error?.source?.name, 'chat robot')
    })

    /** How many errors each message told of, as soon as they are so many in all. */
    async function toldOf(errors: number): Promise<number[]> {
      let told = 0
      await robot.waitFor((message) => (told += errorsTold(message)) >= errors, WAIT_MS)
      assert.equal(told, errors, 'errors told')
      return robot.messages.map(errorsTold)
    }
  })

  describe('03: rows into a file in batches', () => {
    const LOGS = 950

    it('writes every log once, a line each, in the order of its shard', async () => {
      await bench.deployReading('03')
      const lines = Array.from({ length: LOGS }, (_, index) => `line ${index}, "支付" \n second`)
      await bench.endpoint.append(LOGSTORE, lines)
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
      await bench.sink.waitFor(({ sink: name, records }) => {
        if (name !== 'rows written') return false
        const batch = (records as readonly unknown[]).length
        assert.ok(batch <= 100, `${batch} rows in a batch`)
        written += batch
        return written >= count
      }, WAIT_MS)
      // Node-RED runs in its user directory.
      const file = await readFile(join(bench.nodeRed.userDir, 'sls-logs.jsonl'), 'utf8')
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
      await bench.deployReading('04')
      await bench.endpoint.append(
        LOGSTORE,
        ROWS.map(([log]) => log),
        { shard: 0, time: TIME },
      )
      const time = new Date(TIME).toISOString()
      assert.deepEqual(
        (await bench.arrivedAt('rows', ROWS.length)).map(({ payload }) => payload),
        ROWS.map(([, level, text]) => ({ time, level, text })),
      )
      assert.equal(bench.at('problems').length, 0)
    })
  })

  describe('05: one logstore to two flows', () => {
    const LOGS = 200

    it('gives each flow every log once, by one member of the group', async () => {
      await bench.deployReading('05')
      const logs = Array.from({ length: LOGS }, (_, index) => ({
        id: String(index),
        status: '504',
        request_time: '60.001',
      }))
      await bench.endpoint.append(LOGSTORE, logs)
      for (const flow of ['errors', 'slow requests']) {
        const payloads = (await bench.arrivedAt(flow, LOGS)).map(
          ({ payload }) => payload as LogEntry,
        )
        assert.deepEqual(
          payloads.sort((one, other) => Number(one.id) - Number(other.id)),
          logs,
          flow,
        )
      }
      const group = (await bench.endpoint.state()).groups.find(({ id }) => id === GROUP)
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

    it('tells the code of a failure, and the recovery', async () => {
      const service = { ...bench.endpoint, accessKeySecret: 'another-secret' }
      await bench.deploy('06', { service })
      const [failure] = await bench.arrivedAt('fails', 1)
      assert.deepEqual([failure?.status?.['code'], failure?.status?.['state']], [CODE, 'failed'])
      await bench.endpoint.setAccessKey(bench.endpoint.accessKeyId, service.accessKeySecret)
      const told = await bench.arrivedAt('tell', 2)
      assert.deepEqual(
        told.map(({ payload }) => payload),
        [`${NODE} fails: ${CODE}`, `${NODE} reads`],
      )
    })

    it('tells that reading is late, and only once that it still is', async () => {
      const variables = { LATE_SECONDS: String(LATE_SECONDS) }
      await bench.deployReading('06', { consumer: { maxRate: '1' }, variables })
      const anHourAgo = Date.now() - 3_600_000
      const logs = Array.from({ length: 60 }, (_, index) => `line ${index}`)
      await bench.endpoint.append(LOGSTORE, logs, { time: anHourAgo })
      const late = await bench.arrivedAt('late', 3)
      assert.ok(late.every(({ status }) => Number(status?.['delaySeconds']) >= LATE_SECONDS))
      const told = bench.at('tell').filter(({ payload }) => payload === `${NODE} is late`)
      assert.equal(told.length, 1)
      assert.equal(bench.at('fails').length, 0)
      await bench.press('pause')
      await bench.arrivedAt('tell', bench.at('tell').length + 1)
      assert.equal(bench.at('tell').at(-1)?.payload, `${NODE} reads`, 'a pause is not late')
    })
  })
})

function someErrors(count: number): LogInput[] {
  const kinds: readonly LogInput[] = [
    { request_uri: '/cart', status: '502' },
    { level: 'ERROR', message: 'payment timed out' },
    { level: 'FATAL', message: 'out of memory' },
    '2026-01-02 03:04:05 ERROR in one line',
  ]
  return Array.from({ length: count }, (_, index) => kinds[index % kinds.length] ?? '')
}

function noErrors(count: number): LogInput[] {
  const kinds: readonly LogInput[] = [
    { request_uri: '/cart', status: '404' },
    { level: 'WARN', message: 'no ERROR' },
    'a plain line',
    '',
  ]
  return Array.from({ length: count }, (_, index) => kinds[index % kinds.length] ?? '')
}

/** How many errors a message of the robot tells of. */
function errorsTold({ body }: ChatMessage): number {
  const { content } = (body as { readonly text: { readonly content: string } }).text
  return Number(/: (\d+) errors?\n/.exec(content)?.[1])
}

function variable(number: string, name: string): string | undefined {
  const env = oneOf(readExample(number), 'tab')['env'] as readonly {
    readonly name: string
    readonly value: string
  }[]
  return env.find((entry) => entry.name === name)?.value
}

function oneOf(example: readonly FlowNode[], type: string): FlowNode {
  const found = example.find((node) => node.type === type)
  assert.ok(found, `no ${type}`)
  return found
}

function ascending(one: bigint, other: bigint): number {
  return one < other ? -1 : one > other ? 1 : 0
}
