import { within } from '../async'
import { systemClock } from '../clock'
import { describeFailure } from '../failure'
import { errorSentences } from '../error-texts'
import { SlsKafkaError, reasonOf } from '../errors'
import { newClientId } from '../kafka/client-id'
import { readLatestRecords, type LatestRecord } from '../kafka/latest-records'
import { KafkaAdmin, type FetchedShard } from '../kafka/admin'
import { SILENT_LOGGER } from '../logger'
import { startAddress, startTarget } from '../config/project-options'
import { maskAccessKeyId } from '../sls/credentials'
import { hostText } from '../sls/endpoint'
import { isVirtualTopicName } from '../sls/names'
import { runConnectionTest } from '../sls/connection-test'
import { redactorOf, missingFinding } from './errors'
import type { DoctorOptions } from './command-line'
import { CHECKS, Skipped, type CheckContext } from './checks'
import {
  FINDINGS,
  STEPS,
  type Finding,
  type FindingId,
  type Findings,
  type Report,
  type Step,
  type StepFailure,
  type StepId,
} from './report'
import type { ShardSample } from './sample'
import { inCatalogueOf, type Translate } from '../translate'

/** The version, the texts and the listener of an examination. */
export interface ExaminationPorts {
  readonly version: string
  readonly translate: Translate
  /** Called before each step and each check. */
  readonly onProgress: (id: StepId | FindingId) => void
}

const CHECK_TIMEOUT_MS = 10_000
const ALL_CHECKS_TIMEOUT_MS = 60_000

const SAMPLE_RECORDS = 100
/** Consecutive fetches of a shard, so that the sample contains the border between two log groups. */
const SAMPLE_FETCHES = 3
const SAMPLE_LIMITS = { wait: 250, bytes: 4 * 1_048_576, bytesPerShard: 1_048_576 }

/**
 * Examines a logstore through its Kafka endpoint: the connection test, then checks of the service's behaviour. Only
 * reads, joins no group and leaves no connection open. Errors of the service are part of the report and never thrown.
 */
export async function examine(options: DoctorOptions, ports: ExaminationPorts): Promise<Report> {
  const examination = new Examination(options, ports)
  await examination.run()
  return examination.report
}

class Examination {
  readonly #options: DoctorOptions
  readonly #ports: ExaminationPorts
  readonly #clientId = newClientId('sls-kafka-doctor')
  readonly #redact: (text: string) => string
  readonly #steps: Step[] = []
  #findings: Findings = {}

  constructor(options: DoctorOptions, ports: ExaminationPorts) {
    this.#options = options
    this.#ports = ports
    this.#redact = redactorOf(options.consumer.project.accessKey)
  }

  get report(): Report {
    const { project, logstore } = this.#options.consumer
    const { host, port } = startAddress(project)
    const steps = STEPS.map(
      (id): Step => this.#steps.find((step) => step.id === id) ?? { id, result: 'not-tried' },
    )
    return {
      version: this.#ports.version,
      time: new Date(systemClock.now()).toISOString(),
      outcome: steps.every(({ result }) => result === 'ok') ? 'ok' : 'failed',
      target: {
        project: project.project,
        logstore,
        address: `${hostText(host)}:${port}`,
        accessKeyId: maskAccessKeyId(project.accessKey.id),
      },
      steps,
      findings: this.#findings,
    }
  }

  async run(): Promise<void> {
    await this.#testConnection()
    if (this.#steps.every(({ result }) => result === 'ok')) await this.#readAndCheck()
  }

  async #testConnection(): Promise<void> {
    const { consumer } = this.#options
    const target = startTarget(consumer.project)
    const client = new KafkaAdmin({ consumer, clientId: this.#clientId, logger: SILENT_LOGGER })
    this.#ports.onProgress('name')
    for await (const { step, took, found, failure } of runConnectionTest(target, client)) {
      const next = STEPS[STEPS.indexOf(step) + 1]
      if (next && !failure) this.#ports.onProgress(next)
      if (!failure) this.#steps.push({ id: step, result: 'ok', took, found })
      else {
        const { code, detail, otherName } = failure
        const error = this.#stepFailure(otherName ?? new SlsKafkaError(code), detail)
        this.#steps.push({ id: step, result: 'failed', took, failure: error })
      }
    }
  }

  /** Reads records and runs the checks. */
  async #readAndCheck(): Promise<void> {
    const { consumer, group } = this.#options
    let refusal: unknown = null
    const session = new KafkaAdmin({
      consumer,
      clientId: this.#clientId,
      logger: SILENT_LOGGER,
      onConnectionError: (error) => {
        if (error instanceof SlsKafkaError) refusal = error
      },
    })
    const startMs = systemClock.monotonic()
    const took = (): number => Math.round(systemClock.monotonic() - startMs)
    try {
      await within(session.login(), CHECK_TIMEOUT_MS)
      await within(session.findLogstore(), CHECK_TIMEOUT_MS)
      const context: CheckContext = { session, consumer, group, ...NO_SAMPLE, listedGroups: null }
      try {
        const records = await readLatestRecords(session, {
          count: SAMPLE_RECORDS,
          timeoutMs: CHECK_TIMEOUT_MS,
        })
        this.#steps.push({ id: 'records', result: 'ok', took: took(), found: [records.length] })
        const sampled = await within(sample(session, records), CHECK_TIMEOUT_MS)
        await this.#runChecks({ ...context, ...sampled })
      } catch (error) {
        if (this.#steps.some(({ id }) => id === 'records')) throw error
        this.#recordsFailed(refusal ?? error, took())
        await this.#runChecks(context)
      }
    } catch (error) {
      if (!this.#steps.some(({ id }) => id === 'records')) {
        this.#recordsFailed(refusal ?? error, took())
      }
    } finally {
      await session.close()
    }
  }

  #recordsFailed(error: unknown, took: number): void {
    const failure = this.#stepFailure(error, reasonOf(error))
    this.#steps.push({ id: 'records', result: 'failed', took, failure })
  }

  async #runChecks(context: CheckContext): Promise<void> {
    const deadlineMs = systemClock.monotonic() + ALL_CHECKS_TIMEOUT_MS
    const hasFilter = isVirtualTopicName(context.consumer.logstore)
    for (const id of FINDINGS) {
      if (id === 'filter' && !hasFilter) continue
      const remainingMs = deadlineMs - systemClock.monotonic()
      const finding = await this.#runCheck(id, context, Math.min(remainingMs, CHECK_TIMEOUT_MS))
      this.#findings = { ...this.#findings, [id]: finding }
    }
  }

  async #runCheck(id: FindingId, context: CheckContext, timeoutMs: number): Promise<Finding> {
    if (timeoutMs <= 0) return { result: 'skipped', reason: 'no-time' }
    this.#ports.onProgress(id)
    try {
      const check: (context: CheckContext) => Promise<object> = CHECKS[id]
      const facts = await within(check(context), timeoutMs)
      return { result: 'found', ...facts } as Finding
    } catch (error) {
      if (error instanceof Skipped) return { result: 'skipped', reason: error.reason }
      return missingFinding(error, this.#redact)
    }
  }

  /** The failure of a step, with the error text of the nodes and the user's own names. */
  #stepFailure(error: unknown, reason: string): StepFailure {
    const detail = this.#redact(reason)
    const { consumer } = this.#options
    const { code, params } = describeFailure(error, consumer)
    const own = describeFailure(new Error(detail), consumer).params
    const ofNodes = inCatalogueOf('sls-kafka-in', this.#ports.translate)
    const text = errorSentences({ code, params: { ...own, ...params, detail } }, ofNodes)
    return { code, detail, text }
  }
}

const NO_SAMPLE = { samples: [], codecs: new Set<number>(), formats: new Set<number>() }

/** Fetches consecutive records, beginning with the oldest of the latest records of each shard. */
async function sample(
  session: KafkaAdmin,
  newest: readonly LatestRecord[],
): Promise<Pick<CheckContext, 'samples' | 'codecs' | 'formats'>> {
  const from = new Map<number, bigint>()
  for (const { shard, offset } of newest) {
    const known = from.get(shard)
    if (known === undefined || BigInt(offset) < known) from.set(shard, BigInt(offset))
  }
  const fetchedShards: FetchedShard[] = []
  for (let fetches = 0; from.size > 0 && fetches < SAMPLE_FETCHES; fetches++) {
    const fetched = await session.fetch(from, SAMPLE_LIMITS)
    for (const fetchedShard of fetched) {
      const { shard, next } = fetchedShard
      fetchedShards.push(fetchedShard)
      if (next === null) from.delete(shard)
      else from.set(shard, next)
    }
  }
  const shards = [...new Set(fetchedShards.map(({ shard }) => shard))].sort(
    (one, other) => one - other,
  )
  const samples = shards.map((shard): ShardSample => {
    const own = fetchedShards.filter((fetched) => fetched.shard === shard)
    return { shard, records: own.flatMap(({ records }) => records) }
  })
  return {
    samples,
    codecs: new Set(fetchedShards.flatMap(({ codecs }) => [...codecs])),
    formats: new Set(fetchedShards.flatMap(({ formats }) => [...formats])),
  }
}
