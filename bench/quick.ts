// `npm run bench:quick`: our consumer against stock kafkajs, and its commit modes, as ratios.
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { startEmulator, type RunningEmulator } from '../emulator/process'
import { CLIENTS, type ClientName, type RunRequest, type RunResult } from './protocol'

const ROUNDS = 5
const RECORDS = 200_000
const SHARDS = 4
const RECORD_BYTES = 200
const LOGSTORE = 'bench-log'

const CASES: readonly { name: string; ours: ClientName; reference: ClientName }[] = [
  { name: 'emit: record / stock', ours: 'ours-record', reference: 'stock-record' },
  { name: 'emit: batch / stock', ours: 'ours-batch', reference: 'stock-batch' },
  { name: 'commit: onAck / onSend', ours: 'ours-acked', reference: 'ours-record' },
]

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-'))
  const endpoint = await startEmulator({
    logstores: { [LOGSTORE]: SHARDS },
    // Each run is a new group, to begin at the beginning.
    flags: ['--max-groups', String(ROUNDS * CLIENTS.length)],
  })
  try {
    const caFile = join(folder, 'ca.pem')
    await writeFile(caFile, endpoint.ca)
    await fill(endpoint)
    const rates = await measure(endpoint, caFile)
    report(rates)
  } finally {
    await endpoint.stop()
    await rm(folder, { recursive: true })
  }
}

async function fill(endpoint: RunningEmulator): Promise<void> {
  const chunk = 20_000
  for (let from = 0; from < RECORDS; from += chunk) {
    const logs = Array.from({ length: chunk }, (_, index) =>
      `${from + index} GET /index.html 200 `.padEnd(RECORD_BYTES, 'x'),
    )
    await endpoint.append(LOGSTORE, logs, { groupSize: 500 })
  }
}

/** The clients take turns, so that what else the machine does meets them all alike. */
async function measure(
  endpoint: RunningEmulator,
  caFile: string,
): Promise<Map<ClientName, number[]>> {
  const rates = new Map<ClientName, number[]>(CLIENTS.map((client) => [client, []]))
  for (let round = 0; round < ROUNDS; round++) {
    for (const client of CLIENTS) {
      const { port, project, accessKeyId, accessKeySecret } = endpoint
      const { recordsPerSecond } = await runInOwnProcess({
        client,
        port,
        caFile,
        project,
        accessKeyId,
        accessKeySecret,
        logstore: LOGSTORE,
        group: `${client}-${round}`,
        records: RECORDS,
      })
      rates.get(client)?.push(recordsPerSecond)
    }
    process.stderr.write(`round ${round + 1} of ${ROUNDS}\n`)
  }
  return rates
}

async function runInOwnProcess(request: RunRequest): Promise<RunResult> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [join(__dirname, 'run.js'), JSON.stringify(request)],
    { timeout: 60_000 },
  )
  return JSON.parse(stdout) as RunResult
}

function report(rates: ReadonlyMap<ClientName, number[]>): void {
  const of = (client: ClientName): number[] => rates.get(client) ?? []
  const model = cpus()[0]?.model ?? 'unknown processor'
  console.log(`${RECORDS} records of ${RECORD_BYTES} B, ${SHARDS} shards, medians of ${ROUNDS}`)
  console.log(`${cpus().length} × ${model}, Node.js ${process.version}`)
  console.table(
    CASES.map(({ name, ours, reference }) => ({
      case: name,
      'records/s': Math.round(median(of(ours))),
      'of the reference': Math.round(median(of(reference))),
      // Of each round, because both halves of a round meet the same machine.
      ratio: Number(
        median(of(ours).map((rate, round) => rate / (of(reference)[round] ?? NaN))).toFixed(2),
      ),
    })),
  )
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? NaN
}

main().catch((error: unknown) => {
  console.error(error)
  process.exitCode = 1
})
