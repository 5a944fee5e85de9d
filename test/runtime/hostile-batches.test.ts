import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { figures } from '../integrity/support/figures'
import { brokerOf } from '../../tools/shared/broker'
import { startEmulator, type RunningEmulator } from '../../tools/emulator/process'
import { flowWith } from '../../tools/shared/flow'
import { startNodeRed, startSink, type NodeRed, type Sink } from '../../tools/shared/node-red'
import { batchAround, encodeRecord } from '../support/record-sets'
import { endedAfterEach } from '../support/suite'

const LOGSTORE = 'hostile'
const MIB = 1_048_576
/** Of the process at its worst, over what it takes when idle. */
const MOST_MEMORY = 200 * MIB
/** 200 ms where the machine does nothing else. */
const LONGEST_DELAY_MS = 1_000
const WAIT_MS = 120_000
/** For some 9 GiB to decompress: each batch in five parts, which takes 2 minutes on a busy machine. */
const LONG_WAIT_MS = 300_000
/** How long connections are counted while each is ended, and how many may be made. */
const RATE_MS = 10_000
const MOST_CONNECTIONS = 8

const UNREADABLE = 'SLS_BATCH_UNREADABLE'
const END = 'end'

interface Load {
  readonly overIdleMib: number
  readonly longestDelayMs: number
}

/** Shard 0 gets what is hostile, shard 1 what is not; of shard 0 the flow passes on only the end. */
describe('a response that is made to hang, crash or fill the process', () => {
  const resources = endedAfterEach()
  let emulator: RunningEmulator
  let nodeRed: NodeRed
  let records: Sink
  let reports: Sink
  let idle: number

  async function start(settings: object = {}): Promise<void> {
    emulator = await resources.started(startEmulator({ logstores: { [LOGSTORE]: 2 } }))
    records = await resources.started(startSink())
    reports = await resources.started(startSink())
    nodeRed = await resources.started(startNodeRed())
    const consumer = { logstore: LOGSTORE, group: LOGSTORE, startFrom: 'earliest', ...settings }
    const flow = flowWith({
      ...{ service: brokerOf(emulator), records, reports },
      consumer: { ...consumer, wires: [['flow-filter']] },
    })
    await nodeRed.deploy([
      ...flow,
      {
        ...{ id: 'flow-filter', type: 'function', z: 'flow', x: 100, y: 100, outputs: 1 },
        func: `return msg.partition === 1 || msg.payload === '${END}' || msg.kafka.headers ? msg : null`,
        wires: [['flow-records']],
      },
    ])
    await reports.waitFor(({ status }) => status?.['state'] === 'consuming', WAIT_MS)
    await appendLine('first', 1)
    await records.waitFor(({ payload }) => payload === 'first', WAIT_MS)
    const before = await nodeRed.request('/test/load', { method: 'POST' })
    idle = ((await before.json()) as { rss: number }).rss
  }

  async function appendLine(line: string, shard: number): Promise<void> {
    await emulator.append(LOGSTORE, [line], { shard })
  }

  async function fails(code: string): Promise<string> {
    const { error } = await reports.waitFor(({ error }) => error?.code === code, WAIT_MS)
    return error?.message ?? ''
  }

  /** The other shard is read on, and what is measured stays within bounds. */
  async function assertBounded(row: string, more: object = {}): Promise<void> {
    await appendLine('other', 1)
    await records.waitFor(({ payload }) => payload === 'other', WAIT_MS)
    const response = await nodeRed.request('/test/load')
    const { peak, longestDelayMs } = (await response.json()) as {
      peak: number
      longestDelayMs: number
    }
    const load: Load = {
      overIdleMib: Math.round((peak - idle) / MIB),
      longestDelayMs: Math.round(longestDelayMs),
    }
    figures(row, { ...load, ...more })
    assert.ok(peak - idle <= MOST_MEMORY, `${load.overIdleMib} MiB over idle`)
    assert.ok(longestDelayMs <= LONGEST_DELAY_MS, `${load.longestDelayMs} ms without a turn`)
    assert.equal(await nodeRed.stop(), 0, 'exit code of Node-RED')
  }

  const unreadable: readonly [string, Buffer][] = [
    [
      'snappy that refers to before its beginning',
      batchAround(0n, Buffer.from('40fcfaffffff0000', 'hex'), { codec: 2 }),
    ],
    [
      'snappy that holds less than it announces',
      batchAround(0n, Buffer.concat([Buffer.from('80808020', 'hex'), literal(encodeRecord({}))]), {
        codec: 2,
      }),
    ],
    [
      'zstd of four frames, three with windows of 1 GiB',
      batchAround(
        0n,
        Buffer.concat([
          Buffer.from('28b52ffd200109000061', 'hex'),
          ...Array<Buffer>(3).fill(Buffer.from('28b52ffd00a009000061', 'hex')),
        ]),
        { codec: 4 },
      ),
    ],
    [
      'zstd with a Huffman table that uses up no bit',
      batchAround(
        0n,
        Buffer.from('28b52ffd00589d000042c10306f003ffffff01ffffffffffffffff00', 'hex'),
        {
          codec: 4,
        },
      ),
    ],
    [
      'gzip of nine million records of seven bytes',
      batchAround(0n, gzipSync(Buffer.alloc(9_000_000 * 7, encodeRecord({}))), {
        ...{ codec: 1, count: 9_000_000, lastOffsetDelta: 100 },
      }),
    ],
  ]
  for (const [what, batch] of unreadable) {
    it(`makes that batch unreadable: ${what}`, async () => {
      await start()
      await emulator.appendBatch(LOGSTORE, 0, batch)
      const message = await fails(UNREADABLE)
      await assertBounded(what, { bytes: batch.length, message: message.slice(0, 90) })
    })
  }

  const headers: readonly [string, readonly (readonly [string, Buffer])[]][] = [
    [
      '8,000 headers',
      Array.from({ length: 8_000 }, (_, index) => [`h${index}`, Buffer.from('1')] as const),
    ],
    ['40,000 headers of one name', Array(40_000).fill(['trace', Buffer.from('1')] as const)],
    [
      'headers of names that every object has',
      ['constructor', '__proto__', 'toString'].map((name) => [name, Buffer.from(name)] as const),
    ],
  ]
  for (const [what, list] of headers) {
    for (const commit of ['onSend', 'onAck']) {
      it(`is read: a record of ${what}, ${commit}`, async () => {
        await start({ commit })
        const batch = batchAround(0n, encodeRecord({ value: Buffer.from('x'), headers: list }))
        await emulator.appendBatch(LOGSTORE, 0, batch)
        const { kafka } = await records.waitFor(({ partition }) => partition === 0, WAIT_MS)
        const received = kafka?.['headers'] as Record<string, string | string[]>
        assert.equal(Object.values(received).flat().length, list.length)
        await assertBounded(`${what}, ${commit}`, { bytes: batch.length })
      })
    }
  }

  it('is read: a record with a header twice, once without a value', async () => {
    await start({ commit: 'onAck' })
    const twice = [
      ['trace', Buffer.from('a')],
      ['trace', null],
    ] as const
    await emulator.appendBatch(LOGSTORE, 0, batchAround(0n, encodeRecord({ headers: twice })))
    const { kafka } = await records.waitFor(({ partition }) => partition === 0, WAIT_MS)
    assert.deepEqual(kafka?.['headers'], { trace: ['a', null] })
    await assertBounded('a header twice')
  })

  it('is read: 30 gzip batches in one response, of 64 MiB each when decompressed', async function () {
    this.timeout(WAIT_MS + LONG_WAIT_MS)
    await start()
    const content = Array.from({ length: 63 }, (_, delta) =>
      encodeRecord({ delta, value: Buffer.alloc(MIB, 97) }),
    )
    const batch = batchAround(0n, gzipSync(Buffer.concat(content), { level: 9 }), {
      ...{ codec: 1, count: content.length },
    })
    for (let count = 0; count < 30; count++) await emulator.appendBatch(LOGSTORE, 0, batch)
    await appendLine(END, 0)
    await records.waitFor(({ payload }) => payload === END, LONG_WAIT_MS)
    await assertBounded('30 batches of 64 MiB', { bytes: batch.length })
  })

  for (const length of [2 ** 31 - 1, -5]) {
    it(`ends the connection: a response of ${length} bytes`, async () => {
      await start()
      await emulator.flood(length, { api: 'Fetch' })
      const { status } = await reports.waitFor(
        ({ status }) => status?.['code'] === 'SLS_SERVICE_ERROR',
        WAIT_MS,
      )
      assert.equal(status?.['state'], 'reconnecting')
      const line = await nodeRed.waitForLog(new RegExp(`a response of ${length} bytes`))
      const before = (await emulator.state()).connections.total
      await delay(RATE_MS)
      const connections = (await emulator.state()).connections.total - before
      assert.ok(connections <= MOST_CONNECTIONS, `${connections} connections`)
      await emulator.clearFaults()
      await appendLine(END, 0)
      await records.waitFor(({ payload }) => payload === END, WAIT_MS)
      await assertBounded(`a response of ${length} bytes`, {
        [`connections in ${RATE_MS / 1000} s`]: connections,
        line: line.slice(line.indexOf('SLS_')),
      })
    })
  }
})

/** Of snappy: up to 60 bytes as they are. */
function literal(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.of((bytes.length - 1) << 2), bytes])
}
