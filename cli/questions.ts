import { randomBytes } from 'node:crypto'
import { lookup } from 'node:dns/promises'
import { systemClock } from '../lib/clock'
import { codecName } from '../lib/kafka/compression/codecs'
import type { FetchedShard, KafkaAdmin } from '../lib/kafka/admin'
import type { ConsumerOptions } from '../lib/config/consumer-options'
import { apiName } from './api-names'
import { codeOf } from './answers'
import { describeGroup, groupsOfLogstore } from './group-questions'
import type { Facts, FindingId, ShardRange, SkipReason } from './report'
import { offsetsOf, shapeOf, timeOf, timeQuestion, timestampsOf, type ShardSample } from './sample'

/** What the questions are asked of. */
export interface Patient {
  readonly session: KafkaAdmin
  readonly consumer: ConsumerOptions
  readonly group: string | null
  /** Records as they were fetched, by shard; empty where there are none. */
  readonly samples: readonly ShardSample[]
  /** Numbers of the codecs that they came in. */
  readonly codecs: ReadonlySet<number>
  /** Numbers of the formats that they came in. */
  readonly formats: ReadonlySet<number>
  /** Groups that were listed; null until then, or where it was refused. */
  listedGroups: readonly string[] | null
}

/** Thrown by a question that there is nothing to ask with. */
export class Skipped extends Error {
  override readonly name = 'Skipped'
  readonly reason: SkipReason

  constructor(reason: SkipReason) {
    super(reason)
    this.reason = reason
  }
}

type Questions = { readonly [Id in FindingId]: (patient: Patient) => Promise<Facts[Id]> }

const HOUR = 3_600_000
const ONE_RECORD = { wait: 250, bytes: 1_048_576, bytesPerShard: 65_536 }

const LONG_POLL = 1_000
/** Of what was asked for: a clock that is read in between, and a way of some length. */
const LONG_POLL_AT_LEAST = 0.9
const LONG_POLL_AT_MOST = 3
const LONG_POLL_TRIES = 3

/** One for each line of the report. Each only reads; a refusal is thrown, and is an answer too. */
export const QUESTIONS: Questions = {
  'api-versions': ({ session }) => {
    const apis = [...session.versions()].map(([key, { least, greatest }]) => {
      return { key, name: apiName(key), min: least, max: greatest }
    })
    return Promise.resolve({ apis })
  },

  brokers: ({ session, consumer }) => {
    const nodes = session.brokers().map(({ nodeId, host, port }) => ({ id: nodeId, host, port }))
    const domain = domainOf(consumer)
    const hosts = [...new Set(nodes.map(({ host }) => host))]
    const strangers = domain === null ? [] : hosts.filter((host) => !isIn(domain, host))
    return Promise.resolve({ nodes, domain, strangers })
  },

  shards: async ({ session }) => {
    const [earliest, end] = [await session.earliestOffsets(), await session.endOffsets()]
    const shards: ShardRange[] = []
    for (const shard of session.shards()) {
      const range = { shard, earliest: textOf(earliest.get(shard)), end: textOf(end.get(shard)) }
      const isWhole = range.earliest !== null && range.end !== null
      shards.push({ ...range, error: isWhole ? null : await refusalOf(session, shard) })
    }
    return { shards }
  },

  'record-format': ({ samples, codecs, formats }) => {
    recordsOf(samples)
    return Promise.resolve({
      formats: [...formats].sort(),
      codecs: [...codecs].sort().map(codecName),
    })
  },

  'record-shape': async ({ samples }) => Promise.resolve(shapeOf(recordsOf(samples))),

  offsets: ({ samples }) => {
    recordsOf(samples)
    return Promise.resolve(offsetsOf(samples))
  },

  timestamps: ({ samples }) => {
    const newest = recordsOf(samples).reduce((one, other) =>
      timeOf(other) > timeOf(one) ? other : one,
    )
    return Promise.resolve(timestampsOf(newest, systemClock.now()))
  },

  'offsets-by-time': async ({ session, samples }) => {
    const question = timeQuestion(samples)
    if (!question) throw new Skipped('no-records')
    const { shard, time, expected, isTelling } = question
    const offset = await session.offsetAt(shard, time)
    const records = samples.find((sample) => sample.shard === shard)?.records ?? []
    const found = records.find((record) => record.offset === String(offset))
    const end = (await session.endOffsets()).get(shard)
    const later = await session.offsetAt(shard, systemClock.now() + HOUR)
    const isExact = offset === expected ? (isTelling ? 'yes' : 'unknown') : 'no'
    return {
      shard,
      asked: new Date(time).toISOString(),
      offset: textOf(offset),
      isExact,
      earlierBy: found ? time - timeOf(found) : null,
      afterTheLast: later === null ? 'none' : later === end ? 'end' : 'other',
    }
  },

  'expired-offset': async ({ session }) => {
    const expired = [...(await session.earliestOffsets())].find(([, earliest]) => earliest > 0n)
    if (!expired) throw new Skipped('nothing-expired')
    const [shard, earliest] = expired
    const answers = await session.fetch(new Map([[shard, earliest - 1n]]), ONE_RECORD)
    const failure = answers.find((answer) => answer.failure)?.failure
    const answer = failure ? codeOf(failure) : null
    return { shard, offset: String(earliest - 1n), answer }
  },

  'long-poll': async ({ session }) => {
    // Where a record comes meanwhile, the answer rightly comes at once.
    for (const [shard] of [...(await session.endOffsets())].slice(0, LONG_POLL_TRIES)) {
      const end = (await session.endOffsets()).get(shard)
      if (end === undefined) continue
      const startMs = systemClock.monotonic()
      const answers = await session.fetch(new Map([[shard, end]]), {
        ...ONE_RECORD,
        wait: LONG_POLL,
      })
      const took = Math.round(systemClock.monotonic() - startMs)
      refuse(answers)
      if (answers.some(({ next }) => next !== null)) continue
      const share = took / LONG_POLL
      const isHonoured = share >= LONG_POLL_AT_LEAST && share <= LONG_POLL_AT_MOST
      return { asked: LONG_POLL, took, isHonoured }
    }
    throw new Skipped('too-busy')
  },

  'made-up-project': async ({ consumer }) => {
    const domain = domainOf(consumer)
    if (domain === null) throw new Skipped('no-endpoint')
    const name = `${randomBytes(8).toString('hex')}-x.${domain}`
    try {
      await lookup(name)
      return { name, isResolved: true }
    } catch (error) {
      if ((error as { code?: string }).code !== 'ENOTFOUND') throw error
      return { name, isResolved: false }
    }
  },

  'list-logstores': async ({ session, consumer }) => {
    const logstores = (await session.logstores()).map(({ name }) => name)
    return { count: logstores.length, isOursAmongThem: logstores.includes(consumer.logstore) }
  },

  'list-groups': async (patient) => {
    patient.listedGroups = await patient.session.groups()
    return { count: patient.listedGroups.length }
  },

  groups: ({ session, listedGroups }) => {
    if (!listedGroups) throw new Skipped('no-list')
    return groupsOfLogstore(session, listedGroups)
  },

  group: ({ session, group }) => {
    if (group === null) throw new Skipped('no-group')
    return describeGroup(session, group)
  },

  filter: async ({ session }) => ({ query: await session.filterStatement() }),
}

function recordsOf(samples: readonly ShardSample[]): ShardSample['records'] {
  const records = samples.flatMap((sample) => sample.records)
  if (records.length === 0) throw new Skipped('no-records')
  return records
}

/** The endpoint, without the project. */
function domainOf({ project }: ConsumerOptions): string | null {
  return project.address?.host.slice(project.project.length + 1) ?? null
}

function isIn(domain: string, host: string): boolean {
  return host === domain || host.endsWith(`.${domain}`)
}

function textOf(offset: bigint | null | undefined): string | null {
  return offset === null || offset === undefined ? null : String(offset)
}

/** Why a shard could not be asked for its offsets. */
async function refusalOf(session: KafkaAdmin, shard: number): Promise<string | null> {
  try {
    await session.offsetAt(shard, systemClock.now())
    return null
  } catch (error) {
    return codeOf(error)
  }
}

function refuse(answers: readonly FetchedShard[]): void {
  for (const { failure } of answers) if (failure) throw failure
}
