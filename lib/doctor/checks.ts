import { randomBytes } from 'node:crypto'
import { lookup } from 'node:dns/promises'
import { systemClock } from '../clock'
import { codecName } from '../kafka/records/compression/codecs'
import { APIS } from '../kafka/protocol'
import type { FetchedShard, KafkaAdmin } from '../kafka/admin'
import type { ConsumerOptions } from '../config/consumer-options'
import { apiName } from './api-names'
import { codeOf } from './errors'
import { describeGroup, groupsOfLogstore } from './group-checks'
import type { Facts, FindingId, ShardRange, SkipReason } from './report'
import { offsetsOf, shapeOf, timeOf, timeQueryFor, timestampsOf, type ShardSample } from './sample'

/** The session and the sample that the checks use. */
export interface CheckContext {
  readonly session: KafkaAdmin
  readonly consumer: ConsumerOptions
  readonly group: string | null
  /** The fetched records by shard; empty if there are none. */
  readonly samples: readonly ShardSample[]
  /** The codec numbers of the fetched record batches. */
  readonly codecs: ReadonlySet<number>
  /** The format versions of the fetched record batches. */
  readonly formats: ReadonlySet<number>
  /** The result of the check `list-groups`; null before that check, or if it was refused. */
  listedGroups: readonly string[] | null
}

/** Thrown by a check that lacks its input, for example records. */
export class Skipped extends Error {
  override readonly name = 'Skipped'
  readonly reason: SkipReason

  constructor(reason: SkipReason) {
    super(reason)
    this.reason = reason
  }
}

type Checks = { readonly [Id in FindingId]: (context: CheckContext) => Promise<Facts[Id]> }

const HOUR_MS = 3_600_000
const ONE_RECORD = { wait: 250, bytes: 1_048_576, bytesPerShard: 65_536 }

const LONG_POLL_MS = 1_000
/** Least share of the requested wait: the clocks are not read exactly at its begin and end. */
const MIN_LONG_POLL_SHARE = 0.9
/** Most share of the requested wait, because the network adds time. */
const MAX_LONG_POLL_SHARE = 3
const LONG_POLL_ATTEMPTS = 3

/** The checks, one for each line of the report. Checks only read. A thrown error becomes the finding. */
export const CHECKS: Checks = {
  'api-versions': ({ session }) => {
    const apis = [...session.versions()].map(([key, { least, greatest }]) => {
      return { key, name: apiName(key), min: least, max: greatest }
    })
    return Promise.resolve({ apis })
  },

  // Whether the AccessKey may write shows only when a log is written, and checks only read.
  writing: ({ session }) => {
    const { key, least, greatest } = APIS.Produce
    const range = session.versions().get(key) ?? null
    const version = Math.min(greatest, range?.greatest ?? -1)
    return Promise.resolve({
      offered: range && { min: range.least, max: range.greatest },
      version: range && version >= Math.max(least, range.least) ? version : null,
    })
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
      shards.push({ ...range, error: isWhole ? null : await offsetErrorOf(session, shard) })
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
    const query = timeQueryFor(samples)
    if (!query) throw new Skipped('no-records')
    const { shard, time, expected, isConclusive: isTelling } = query
    const offset = await session.offsetAt(shard, time)
    const records = samples.find((sample) => sample.shard === shard)?.records ?? []
    const found = records.find((record) => record.offset === String(offset))
    const end = (await session.endOffsets()).get(shard)
    const later = await session.offsetAt(shard, systemClock.now() + HOUR_MS)
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
    const fetched = await session.fetch(new Map([[shard, earliest - 1n]]), ONE_RECORD)
    const failure = fetched.find((one) => one.failure)?.failure
    const answer = failure ? codeOf(failure) : null
    return { shard, offset: String(earliest - 1n), answer }
  },

  'long-poll': async ({ session }) => {
    // A record that arrives during the wait ends a long poll correctly.
    for (const [shard] of [...(await session.endOffsets())].slice(0, LONG_POLL_ATTEMPTS)) {
      const end = (await session.endOffsets()).get(shard)
      if (end === undefined) continue
      const startMs = systemClock.monotonic()
      const fetched = await session.fetch(new Map([[shard, end]]), {
        ...ONE_RECORD,
        wait: LONG_POLL_MS,
      })
      const took = Math.round(systemClock.monotonic() - startMs)
      throwFailure(fetched)
      if (fetched.some(({ next }) => next !== null)) continue
      const share = took / LONG_POLL_MS
      const isHonoured = share >= MIN_LONG_POLL_SHARE && share <= MAX_LONG_POLL_SHARE
      return { asked: LONG_POLL_MS, took, isHonoured }
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

  'list-groups': async (context) => {
    context.listedGroups = await context.session.groups()
    return { count: context.listedGroups.length }
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

/** The endpoint without the project; null if only a bootstrap address is known. */
function domainOf({ project }: ConsumerOptions): string | null {
  return project.address?.host.slice(project.project.length + 1) ?? null
}

function isIn(domain: string, host: string): boolean {
  return host === domain || host.endsWith(`.${domain}`)
}

function textOf(offset: bigint | null | undefined): string | null {
  return offset === null || offset === undefined ? null : String(offset)
}

/** The error name for a shard whose offsets cannot be listed; null if they can. */
async function offsetErrorOf(session: KafkaAdmin, shard: number): Promise<string | null> {
  try {
    await session.offsetAt(shard, systemClock.now())
    return null
  } catch (error) {
    return codeOf(error)
  }
}

function throwFailure(fetched: readonly FetchedShard[]): void {
  for (const { failure } of fetched) if (failure) throw failure
}
