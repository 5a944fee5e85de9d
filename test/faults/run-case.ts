import { setTimeout as delay } from 'node:timers/promises'
import { Emulator } from '../../tools/emulator/emulator'
import { parseCommandLine } from '../../tools/emulator/options'
import { newClientId } from '../../lib/kafka/client-id'
import { becomesTrue } from '../../tools/shared/polling'
import { Resources } from '../../tools/shared/resources'
import { RunningConsumer } from '../support/running-consumer'
import { metAt, pull, switchOn } from './disturb'
import type { FaultCase } from './fault-case'
import { judge, type BrokenBound } from './judge'
import { purposeOf, type Measurements } from './measurements'
import { Observer } from './observer'

const LOGSTORE = 'web-log'
const GROUP = 'fault-group'
const SHARDS = 4
const APPEND_INTERVAL_MS = 500
/** Five commits in 10 s even without a backoff: the bounds measure the client, not the setting. */
const COMMIT_INTERVAL_MS = 2_000

const START_WITHIN_MS = 30_000
/** Four heartbeats; most triggers wait for the next one. */
const MET_WITHIN_MS = 20_000
/** Measured beyond the last bound, so that a breach shows how late the records are. */
const BEYOND_MS = 5_000

/**
 * Runs one case: a consumer reads from an emulator of its own, meets the fault, and reads on after it.
 * Rejects if the consumer does not read before the fault.
 *
 * @param certificates folder that keeps the emulators' certificate
 */
export async function runCase(faultCase: FaultCase, certificates: string): Promise<BrokenBound[]> {
  const resources = new Resources()
  try {
    return judge(await measure(faultCase, certificates, resources), faultCase.expected)
  } finally {
    await resources.end()
  }
}

async function measure(
  { disturbance, trigger, lastsMs, expected }: FaultCase,
  certificates: string,
  resources: Resources,
): Promise<Measurements> {
  const emulator = await resources.started(startEmulator(certificates))
  const consumer = consumerOf(emulator)
  resources.onEnd(() => consumer.close())
  const observer = new Observer(consumer, SHARDS)
  resources.onEnd(() => {
    observer.end()
    return Promise.resolve()
  })
  const writing = setInterval(() => {
    append(emulator)
  }, APPEND_INTERVAL_MS)
  resources.onEnd(() => {
    clearInterval(writing)
    return Promise.resolve()
  })
  consumer.start()
  const startedAtMs = performance.now()
  const isReading = (): boolean => observer.isGreen && observer.hasDeliveredSince(startedAtMs)
  if (!(await becomesTrue(isReading, { timeoutMs: START_WITHIN_MS }))) {
    throw new Error(`the consumer did not read within ${START_WITHIN_MS / 1000} s`)
  }

  const onAtMs = performance.now()
  const switchOff = await switchOn(emulator, disturbance)
  resources.onEnd(switchOff)
  await pull(trigger, emulator, consumer, GROUP)
  const met = (): number | null => metAt(emulator, disturbance, emulator.traffic.report(), onAtMs)
  if (expected.mustBeMet) await becomesTrue(() => met() !== null, { timeoutMs: MET_WITHIN_MS })
  const metAtMs = met()
  if (metAtMs !== null || !expected.mustBeMet) {
    await delay(Math.max(0, (metAtMs ?? onAtMs) + lastsMs - performance.now()))
  }

  const clearedAtMs = performance.now()
  await switchOff()
  const timeoutMs = expected.resumesWithinMs + BEYOND_MS
  await becomesTrue(() => observer.hasDeliveredSince(clearedAtMs), { timeoutMs })
  const endedAtMs = performance.now()
  const measured = measurements(emulator, observer, onAtMs)
  return {
    ...measured,
    metAtMs: metAtMs === null ? null : metAtMs - onAtMs,
    clearedAtMs: clearedAtMs - onAtMs,
    endedAtMs: endedAtMs - onAtMs,
  }
}

function startEmulator(certificates: string): Promise<Emulator> {
  const flags = ['--port', '0', '--logstore', `${LOGSTORE}:${SHARDS}`]
  const options = parseCommandLine([...flags, '--certificates', certificates])
  if (!options) throw new Error('these flags ask for help only')
  return Emulator.start({ ...options.emulator, log: () => undefined })
}

function consumerOf({ listener, certificate, access }: Emulator): RunningConsumer {
  const { accessKey, projectName: project } = access
  const service = {
    port: listener.port,
    ca: certificate.ca,
    project,
    accessKeyId: accessKey.id,
    accessKeySecret: accessKey.secret,
  }
  const settings = {
    logstore: LOGSTORE,
    group: GROUP,
    startFrom: 'earliest',
    commitInterval: COMMIT_INTERVAL_MS,
  }
  // As the nodes do, so that a new life finds the member of the last one.
  return new RunningConsumer(service, settings, () => newClientId('faults'))
}

function append({ project }: Emulator): void {
  const time = Date.now()
  for (let shard = 0; shard < SHARDS; shard += 1) {
    project.logstore(LOGSTORE)?.append([{ time, fields: [['content', 'text']] }], { shard })
  }
}

/** Measurements on the time scale of the fault, from the moment on when it was switched on. */
function measurements(
  emulator: Emulator,
  observer: Observer,
  onAtMs: number,
): Omit<Measurements, 'metAtMs' | 'clearedAtMs' | 'endedAtMs'> {
  const { requests, connections, refusedLogins } = emulator.traffic.report()
  const since = <Entry extends { readonly atMs: number }>(entries: readonly Entry[]): Entry[] =>
    entries
      .filter(({ atMs }) => atMs >= onAtMs)
      .map((entry) => ({ ...entry, atMs: entry.atMs - onAtMs }))
  return {
    requests: Object.fromEntries(
      Object.entries(requests).map(([api, { recent }]) => [api, since(recent)]),
    ),
    connections: since(connections.recent).map(({ atMs, apis }) => ({
      atMs,
      purpose: purposeOf(apis),
    })),
    refusedLoginsMs: since(refusedLogins.recent).map(({ atMs }) => atMs),
    reports: since(observer.reports),
    // Also what was before: the first status in force began there.
    statuses: observer.statuses.map(({ atMs, fill }) => ({ atMs: atMs - onAtMs, fill })),
    deliveriesMs: observer.deliveries.map((timesMs) => timesMs.map((timeMs) => timeMs - onAtMs)),
  }
}
