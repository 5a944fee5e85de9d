import { execFile } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { requireKcat } from '../../shared/kcat'
import type { Resources } from '../../shared/resources'
import type { Case } from '../case'
import type { WriteRun } from '../clients/timed-writing'
import { Endpoint } from '../measure/endpoint'
import { ackNode, counter, ON_TAB, ourFlow } from '../measure/flow'
import { inTurn } from '../measure/in-turn'
import { kcatSettings } from '../measure/kcat-settings'
import { sizeText, TEXT_1K, TEXT_200, type LogShape } from '../measure/logs'
import { drain } from '../measure/node-red'
import { writeByStock, writeByUs } from '../measure/stock'

const LOGSTORE = 'target'
const SHARDS = 4
const RECORDS = 200_000
const BATCH = 1_000
const LONGEST_MS = 120_000
/** What is written is not read: the emulator keeps little of it. */
const FLAGS = ['--retention-mib', '16', '--logstore', `${LOGSTORE}:${SHARDS}`]

/** Compares our writer with the producer of kafkajs. Neither compresses, and each call has as many logs. */
function write(name: string, shape: LogShape, least: number): Case {
  const size = sizeText(shape)
  return {
    name,
    kind: 'usual',
    rounds: 5,
    rows: [
      {
        title: `write, ${size} / stock kafkajs, batches of 1,000`,
        unit: 'records/s',
        wanted: { least },
      },
      {
        title: `write, ${size}, processor time of a log / stock kafkajs`,
        unit: 'µs',
        wanted: { most: 0.5 },
      },
      { title: `event-loop delay p99, writing, ${size}`, unit: 'ms', wanted: { most: 50 } },
    ],
    async start(bench, resources) {
      const endpoint = await Endpoint.start(resources, FLAGS)
      const run = runOf(endpoint, shape, bench.records(RECORDS))
      return async (round) => {
        const cpu = { ours: NaN, reference: NaN }
        let lateMs = NaN
        const rates = await inTurn(
          round,
          async () => {
            const ours = await writeByUs(run)
            lateMs = ours.lateMs ?? NaN
            cpu.ours = (ours.cpuSeconds * 1e6) / run.records
            return ours.recordsPerSecond
          },
          async () => {
            const stock = await writeByStock(run)
            cpu.reference = (stock.cpuSeconds * 1e6) / run.records
            return stock.recordsPerSecond
          },
        )
        return [rates, cpu, { ours: lateMs, reference: null }]
      }
    },
  }
}

function runOf(endpoint: Endpoint, { bytes }: LogShape, records: number, batch = BATCH): WriteRun {
  return { ...endpoint.subscription(LOGSTORE), records, bytes, batch }
}

const LATE_MS = 20
const FLOW_RECORDS = 20_000
const SINGLE_RECORDS = 200

/** Compares a flow that writes each record that it reads with a loop that waits for each record. */
const writeInFlow: Case = {
  name: 'write-flow',
  kind: 'usual',
  rounds: 3,
  rows: [
    {
      title: `read, write, ack one by one, Max in flight 100, ${LATE_MS} ms a response / stock kafkajs, await send`,
      unit: 'records/s',
      wanted: { least: 80 },
    },
  ],
  async start(bench, resources) {
    const endpoint = await Endpoint.start(resources, FLAGS)
    const count = bench.records(FLOW_RECORDS)
    const logstore = await endpoint.logstore(TEXT_200, count, SHARDS)
    await endpoint.service.delayAnswers(LATE_MS, { api: 'Produce' })
    const single = runOf(endpoint, TEXT_200, SINGLE_RECORDS, 1)
    return async (round) => [
      await inTurn(
        round,
        async () => {
          const consumer = { logstore, commit: 'onAck', maxInFlight: 100 }
          const flow = [
            ...ourFlow({ endpoint, consumer, target: 'out' }),
            {
              ...{ ...ON_TAB, id: 'out', type: 'sls-kafka-out', version: 1, project: 'project' },
              ...{ logstore: LOGSTORE, wires: [['counter']] },
            },
            counter(count, 'ack'),
            ackNode('ack'),
          ]
          return (await drain(flow)).recordsPerSecond
        },
        async () => (await writeByStock(single)).recordsPerSecond,
      ),
    ]
  },
}

const writeBesideKcat: Case = {
  name: 'write-kcat',
  kind: 'peers',
  rounds: 3,
  rows: [{ title: 'write, 200 B / kcat', unit: 'records/s', wanted: { least: 0.9 } }],
  async start(_bench, resources) {
    await requireKcat()
    const endpoint = await Endpoint.start(resources, FLAGS)
    const run = runOf(endpoint, TEXT_200, 2 * RECORDS)
    const [all, one] = await linesOf(resources, [run.records, 1])
    return async (round) => [
      await inTurn(
        round,
        async () => (await writeByUs(run)).recordsPerSecond,
        async () => {
          // The start of the process and its connection are not measured for us either.
          const ms = (await kcatMs(run, all ?? '')) - (await kcatMs(run, one ?? ''))
          return (run.records * 1000) / ms
        },
      ),
    ]
  },
}

/** Files with so many lines of 200 bytes. */
async function linesOf(resources: Resources, counts: readonly number[]): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-lines-'))
  resources.onEnd(() => rm(folder, { recursive: true }))
  const files = counts.map((count) => join(folder, `${count}.txt`))
  for (const [index, file] of files.entries()) {
    await pipeline(Readable.from(lines(counts[index] ?? 0)), createWriteStream(file))
  }
  return files
}

function* lines(count: number): Generator<string> {
  for (let index = 0; index < count; index++) {
    yield `${`${index} GET /index.html 200 `.padEnd(TEXT_200.bytes, 'x')}\n`
  }
}

/** How long kcat needs to write the lines of a file, in milliseconds. */
async function kcatMs(run: WriteRun, file: string): Promise<number> {
  const args = [...kcatSettings(run), '-q', '-P', '-t', run.logstore, '-l', file]
  const start = performance.now()
  await promisify(execFile)('kcat', args, { timeout: LONGEST_MS })
  return performance.now() - start
}

export const writing: readonly Case[] = [
  write('write-200', TEXT_200, 2),
  write('write-1k', TEXT_1K, 2),
  writeInFlow,
  writeBesideKcat,
]
