// `npm run bench:idle`: what ten nodes cost that have nothing to read, in percent of one core. On Linux.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { startEmulator, type RunningEmulator } from '../emulator/process'
import { flowWith } from '../test/support/flow'
import { startNodeRed, startSink } from '../test/support/node-red'
import { Resources } from '../test/support/resources'
import type { RunRequest } from './protocol'

const NODES = 10
const SHARDS = 4
const LOGSTORE = 'bench-log'
const ROUNDS = 3
const ROUND_SECONDS = 30
/** Until all have been idle for long, and what was compiled at the start is compiled. */
const SETTLE_MS = 20_000

/** Of `/proc/<pid>/stat`: ticks of 10 ms, in user mode and in the kernel. */
const TICKS_PER_SECOND = 100
const USER_TICKS = 11
const KERNEL_TICKS = 12

interface Running {
  readonly name: string
  readonly pid: number
}

async function main(): Promise<void> {
  const resources = new Resources()
  try {
    const endpoint = await resources.started(
      startEmulator({
        logstores: { [LOGSTORE]: SHARDS },
        flags: ['--max-groups', String(2 * NODES)],
      }),
    )
    const processes = [
      await nodeRed(resources, endpoint, 0),
      await nodeRed(resources, endpoint, NODES),
      await stock(resources, endpoint),
    ]
    await allHaveJoined(endpoint)
    await delay(SETTLE_MS)
    report(await measure(processes))
  } finally {
    await resources.end()
  }
}

async function nodeRed(
  resources: Resources,
  endpoint: RunningEmulator,
  nodes: number,
): Promise<Running> {
  const sink = await resources.started(startSink())
  const flows = Array.from({ length: nodes }, (_, index) =>
    flowWith({
      tab: `tab${index}`,
      service: endpoint,
      consumer: { logstore: LOGSTORE, group: `ours-${index}`, startFrom: 'latest' },
      records: sink,
      reports: sink,
    }),
  )
  const { pid } = await resources.started(startNodeRed({ flows: flows.flat() }))
  return { name: `Node-RED with ${nodes} nodes`, pid }
}

/** Consumers of kafkajs as it comes, in a Node.js process that does nothing else. */
async function stock(resources: Resources, endpoint: RunningEmulator): Promise<Running> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-'))
  resources.onEnd(() => rm(folder, { recursive: true }))
  const caFile = join(folder, 'ca.pem')
  await writeFile(caFile, endpoint.ca)
  const { port, project, accessKeyId, accessKeySecret } = endpoint
  const requests = Array.from({ length: NODES }, (_, index): RunRequest => ({
    ...{ client: 'stock-batch', port, caFile, project, accessKeyId, accessKeySecret },
    ...{ logstore: LOGSTORE, group: `stock-${index}`, records: 0 },
  }))
  const child = spawn(
    process.execPath,
    [join(__dirname, 'idle-stock.js'), JSON.stringify(requests)],
    // It ends when its standard input does, at the latest with this process.
    { stdio: ['pipe', 'inherit', 'inherit'] },
  )
  resources.onEnd(async () => {
    child.kill('SIGKILL')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  })
  return { name: `${NODES} × stock kafkajs`, pid: child.pid ?? 0 }
}

async function allHaveJoined(endpoint: RunningEmulator): Promise<void> {
  const joined = async (): Promise<number> => {
    const { groups } = await endpoint.state()
    return groups.filter(({ state }) => state === 'Stable').length
  }
  while ((await joined()) < 2 * NODES) await delay(500)
}

/** All at the same time, so that what else the machine does meets them alike. */
async function measure(processes: readonly Running[]): Promise<Map<Running, number[]>> {
  const percents = new Map<Running, number[]>(processes.map((running) => [running, []]))
  for (let round = 0; round < ROUNDS; round++) {
    const from = processes.map(({ pid }) => cpuSeconds(pid))
    await delay(ROUND_SECONDS * 1000)
    processes.forEach((running, index) => {
      const seconds = cpuSeconds(running.pid) - (from[index] ?? NaN)
      percents.get(running)?.push((100 * seconds) / ROUND_SECONDS)
    })
    const load = loadavg().map((average) => average.toFixed(2))
    process.stderr.write(`round ${round + 1} of ${ROUNDS}, load ${load.join(' ')}\n`)
  }
  return percents
}

function cpuSeconds(pid: number): number {
  // The second field, the name in parentheses, may hold anything.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
  return (Number(fields[USER_TICKS]) + Number(fields[KERNEL_TICKS])) / TICKS_PER_SECOND
}

function report(percents: ReadonlyMap<Running, number[]>): void {
  const [empty = [], ours = [], reference = []] = [...percents.values()]
  const net = ours.map((percent, round) => percent - (empty[round] ?? NaN))
  const ratio = net.map((percent, round) => percent / (reference[round] ?? NaN))
  const model = cpus()[0]?.model ?? 'unknown processor'
  console.log(`${cpus().length} × ${model}, Node.js ${process.version}`)
  console.log(`% of one core over ${ROUND_SECONDS} s, ${SHARDS} shards without records`)
  console.table([
    ...[...percents].map(([{ name }, values]) => row(name, values)),
    row(`${NODES} nodes net of Node-RED`, net),
    row(`${NODES} nodes net / stock`, ratio),
  ])
}

function row(name: string, values: readonly number[]): Record<string, string | number> {
  const rounds = Object.fromEntries(
    values.map((value, round) => [`round ${round + 1}`, Number(value.toFixed(2))]),
  )
  return { case: name, ...rounds }
}

main().catch((error: unknown) => {
  console.error(error)
  process.exitCode = 1
})
