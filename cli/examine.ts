import { within } from '../lib/bounded'
import { systemClock } from '../lib/clock'
import { describeFailure } from '../lib/consumer/failure'
import { SlsKafkaError, reasonOf } from '../lib/errors'
import { newClientId } from '../lib/kafka/incarnation'
import { peek, type PeekedRecord } from '../lib/kafka/peek'
import { KafkaAdmin, type FetchedShard } from '../lib/kafka/admin'
import { SILENT_LOGGER } from '../lib/logger'
import { startAddress, startTarget } from '../lib/config/project-options'
import { maskAccessKeyId } from '../lib/sls/credentials'
import { hostText } from '../lib/sls/endpoint'
import { isVirtualTopicName } from '../lib/sls/names'
import { probe } from '../lib/sls/probe'
import { misspeltRegion } from '../lib/sls/regions'
import { redactorOf, unanswered } from './answers'
import type { DoctorOptions } from './command-line'
import { QUESTIONS, Skipped, type Patient } from './questions'
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
import type { Translate } from './texts'

export interface Surroundings {
  readonly version: string
  readonly translate: Translate
  /** Called before each step and each question. */
  readonly onProgress: (id: StepId | FindingId) => void
}

/** Milliseconds for one question, and for all of them. */
const QUESTION_TIMEOUT = 10_000
const QUESTIONS_TIMEOUT = 60_000

const SAMPLE_RECORDS = 100
/** Fetches that follow each other, so that the way from one log group to the next is among them. */
const SAMPLE_FETCHES = 3
const SAMPLE_LIMITS = { wait: 250, bytes: 4 * 1_048_576, bytesPerShard: 1_048_576 }

/**
 * Looks at a logstore through its Kafka endpoint: how far a connection gets, and what the service there
 * speaks. Only reads, joins no group, is bounded in time and leaves no connection open. Never throws for
 * what the service does: that is what the report is about.
 */
export async function examine(options: DoctorOptions, surroundings: Surroundings): Promise<Report> {
  const examination = new Examination(options, surroundings)
  await examination.run()
  return examination.report
}

class Examination {
  readonly #options: DoctorOptions
  readonly #surroundings: Surroundings
  readonly #clientId = newClientId('sls-kafka-doctor')
  readonly #redact: (text: string) => string
  readonly #steps: Step[] = []
  #findings: Findings = {}

  constructor(options: DoctorOptions, surroundings: Surroundings) {
    this.#options = options
    this.#surroundings = surroundings
    this.#redact = redactorOf(options.consumer.project.accessKey)
  }

  get report(): Report {
    const { project, logstore } = this.#options.consumer
    const { host, port } = startAddress(project)
    const steps = STEPS.map(
      (id): Step => this.#steps.find((step) => step.id === id) ?? { id, result: 'not-tried' },
    )
    return {
      version: this.#surroundings.version,
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
    await this.#probe()
    if (this.#steps.every(({ result }) => result === 'ok')) await this.#look()
  }

  async #probe(): Promise<void> {
    const { consumer } = this.#options
    const target = startTarget(consumer.project)
    const client = new KafkaAdmin({ consumer, clientId: this.#clientId, logger: SILENT_LOGGER })
    this.#surroundings.onProgress('name')
    for await (const { step, took, found, failure } of probe(target, client)) {
      const next = STEPS[STEPS.indexOf(step) + 1]
      if (next && !failure) this.#surroundings.onProgress(next)
      if (!failure) this.#steps.push({ id: step, result: 'ok', took, found })
      else {
        const error = this.#known(new SlsKafkaError(failure.code), failure.detail)
        this.#steps.push({ id: step, result: 'failed', took, failure: error })
      }
    }
  }

  /** Reads records, and asks the questions. */
  async #look(): Promise<void> {
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
      await within(session.login(), QUESTION_TIMEOUT)
      await within(session.findLogstore(), QUESTION_TIMEOUT)
      const patient: Patient = { session, consumer, group, ...NOTHING, listedGroups: null }
      try {
        const records = await peek(session, { count: SAMPLE_RECORDS, timeout: QUESTION_TIMEOUT })
        this.#steps.push({ id: 'records', result: 'ok', took: took(), found: [records.length] })
        const sampled = await within(sample(session, records), QUESTION_TIMEOUT)
        await this.#ask({ ...patient, ...sampled })
      } catch (error) {
        if (this.#steps.some(({ id }) => id === 'records')) throw error
        this.#recordsFailed(refusal ?? error, took())
        await this.#ask(patient)
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
    const failure = this.#known(error, reasonOf(error))
    this.#steps.push({ id: 'records', result: 'failed', took, failure })
  }

  async #ask(patient: Patient): Promise<void> {
    const deadlineMs = systemClock.monotonic() + QUESTIONS_TIMEOUT
    const hasFilter = isVirtualTopicName(patient.consumer.logstore)
    for (const id of FINDINGS) {
      if (id === 'filter' && !hasFilter) continue
      const leftMs = deadlineMs - systemClock.monotonic()
      const finding = await this.#answer(id, patient, Math.min(leftMs, QUESTION_TIMEOUT))
      this.#findings = { ...this.#findings, [id]: finding }
    }
  }

  async #answer(id: FindingId, patient: Patient, timeout: number): Promise<Finding> {
    if (timeout <= 0) return { result: 'skipped', reason: 'no-time' }
    this.#surroundings.onProgress(id)
    try {
      const question: (patient: Patient) => Promise<object> = QUESTIONS[id]
      const facts = await within(question(patient), timeout)
      return { result: 'found', ...facts } as Finding
    } catch (error) {
      if (error instanceof Skipped) return { result: 'skipped', reason: error.reason }
      return unanswered(error, this.#redact)
    }
  }

  /** In the words of the nodes, with the user's own names. */
  #known(error: unknown, reason: string): StepFailure {
    const detail = this.#redact(reason)
    const { code, params } = describeFailure(error, this.#options.consumer)
    const { consumer } = this.#options
    const own = describeFailure(new Error(detail), consumer).params
    const { translate } = this.#surroundings
    const text = translate(`sls-kafka-in.errors.${code}`, { ...own, ...params, detail })
    const isUnknown = code === 'SLS_HOST_NOT_FOUND'
    const region = isUnknown ? misspeltRegion(startAddress(consumer.project).host) : null
    const hint = region ? translate('sls-kafka-in.hints.region', { ...region }) : ''
    return { code, detail, text: text + hint }
  }
}

const NOTHING = { samples: [], codecs: new Set<number>(), formats: new Set<number>() }

/** Records that follow each other, from the oldest of the newest on. */
async function sample(
  session: KafkaAdmin,
  newest: readonly PeekedRecord[],
): Promise<Pick<Patient, 'samples' | 'codecs' | 'formats'>> {
  const from = new Map<number, bigint>()
  for (const { shard, offset } of newest) {
    const known = from.get(shard)
    if (known === undefined || BigInt(offset) < known) from.set(shard, BigInt(offset))
  }
  const answers: FetchedShard[] = []
  for (let fetches = 0; from.size > 0 && fetches < SAMPLE_FETCHES; fetches++) {
    const fetched = await session.fetch(from, SAMPLE_LIMITS)
    for (const answer of fetched) {
      const { shard, next } = answer
      answers.push(answer)
      if (next === null) from.delete(shard)
      else from.set(shard, next)
    }
  }
  const shards = [...new Set(answers.map(({ shard }) => shard))].sort((one, other) => one - other)
  const samples = shards.map((shard): ShardSample => {
    const own = answers.filter((answer) => answer.shard === shard)
    return { shard, records: own.flatMap(({ records }) => records) }
  })
  return {
    samples,
    codecs: new Set(answers.flatMap(({ codecs }) => [...codecs])),
    formats: new Set(answers.flatMap(({ formats }) => [...formats])),
  }
}
