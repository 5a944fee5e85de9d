import assert from 'node:assert/strict'
import { Fetcher } from '../../lib/kafka/fetch/fetcher'
import type { FetchEvent } from '../../lib/kafka/fetch/fetch-response-handler'
import { ShardDirectory } from '../../lib/kafka/cluster/shard-directory'
import { FIRST_BROKER, FakeCluster } from './fake-cluster'
import { lineOf } from './fetcher-events'
import { ManualClock } from './manual-clock'
import { batchAround, encodeRecord } from './record-sets'
import type { ResponseFields, Fields } from './emulator-codec'

const LOGSTORE = 'app-log'
const SECOND_BROKER = { nodeId: 2, host: 'two.test', port: 9093 }
/** Turns of the event loop in which a loop has sent its next fetch. */
const TURNS = 6

/**
 * Of each shard: an error code, the offset of its only record, the bytes of its records, or nothing for no
 * record.
 */
type Outcome = Readonly<Record<number, bigint | number | Buffer>>

/** A batch of one record that makes its response a large one. */
export function largeBatch(offset: bigint, bytes = LARGE_BYTES): Buffer {
  return batchAround(offset, encodeRecord({ value: Buffer.alloc(bytes, 'x') }))
}

/** After a response of this size, the next fetch is sent ahead. */
const LARGE_BYTES = 65_536

export interface PendingFetch {
  readonly nodeId: number
  readonly maxWaitMs: number
  /** Of the whole response. */
  readonly maxBytes: number
  /** Offset that each shard was asked from. */
  readonly from: ReadonlyMap<number, bigint>
  /** @param errorCode of the whole response */
  answer(outcome: Outcome, errorCode?: number): Promise<void>
  fail(error: Error): Promise<void>
}

/**
 * A fetcher of a logstore whose shards 0 and 1 are led by broker 1, and shard 2 by broker 2. Each fetch waits
 * until a test answers it.
 */
export class FetcherRig {
  readonly clock = new ManualClock()
  readonly cluster = new FakeCluster(this.clock)
  readonly stop = new AbortController()
  readonly directory: ShardDirectory
  readonly fetcher: Fetcher
  /** What the fetcher told, a line each. */
  readonly seen: string[] = []
  fetches: readonly PendingFetch[] = []
  /** Called inside each event, after it was noted. */
  onEvent: (event: FetchEvent) => void = () => undefined
  isWithinSession = true
  running: Promise<void> = Promise.resolve()

  private constructor() {
    const { clock, cluster } = this
    cluster.brokers = [FIRST_BROKER, SECOND_BROKER]
    cluster.on('Fetch', (fields, nodeId) => this.#arrive(fields, nodeId))
    this.directory = new ShardDirectory(cluster.asCluster, LOGSTORE, clock, this.stop.signal)
    this.fetcher = new Fetcher(
      { logstore: LOGSTORE, maxBytesPerShard: 1_000 },
      { cluster: cluster.asCluster, directory: this.directory, clock },
      (event) => {
        this.seen.push(lineOf(event))
        this.onEvent(event)
      },
      () => this.isWithinSession,
    )
  }

  static async start(): Promise<FetcherRig> {
    const rig = new FetcherRig()
    rig.lead({ 0: 1, 1: 1, 2: 2 })
    await rig.directory.find()
    rig.running = rig.fetcher.run(rig.stop.signal)
    rig.running.catch(() => undefined)
    return rig
  }

  /** Fails if a timer is left. */
  async end(): Promise<void> {
    this.stop.abort()
    for (const fetch of this.fetches) await fetch.fail(new Error('the test is over'))
    await this.settle()
    assert.equal(this.clock.pending, 0, 'a timer was left')
  }

  /** The next metadata response names these leaders. @param leaders node id by shard */
  lead(leaders: Readonly<Record<number, number>>): void {
    const entries = Object.entries(leaders).map(([shard, node]) => [Number(shard), node] as const)
    this.cluster.leaders.set(LOGSTORE, new Map(entries))
  }

  async settle(): Promise<void> {
    for (let turn = 0; turn < TURNS; turn++) await this.clock.settle()
  }

  async advance(milliseconds: number): Promise<void> {
    await this.clock.advance(milliseconds)
    await this.settle()
  }

  /** Assigns these shards alone, none of them kept, and starts each at its offset. */
  async assign(positions: Readonly<Record<number, bigint>>): Promise<void> {
    const shards = Object.keys(positions).map(Number)
    this.fetcher.assign(shards, new Set())
    this.fetcher.resumeDelivery()
    this.fetcher.start(new Map(shards.map((shard) => [shard, positions[shard] ?? 0n])))
    await this.settle()
  }

  /** The only fetch under way to this broker. */
  fetchTo(nodeId: number): PendingFetch {
    const [found, ...others] = this.fetches.filter((one) => one.nodeId === nodeId)
    assert.ok(found, `no fetch to broker ${nodeId}`)
    assert.equal(others.length, 0)
    return found
  }

  isFetching(nodeId: number): boolean {
    return this.fetches.some((one) => one.nodeId === nodeId)
  }

  /** What the fetcher told, without the answers. */
  get told(): string[] {
    return this.seen.filter((line) => line !== 'alive')
  }

  #arrive(fields: Fields<'Fetch'>, nodeId: number): Promise<ResponseFields<'Fetch'>> {
    const partitions = fields.topics[0]?.partitions ?? []
    const from = new Map(partitions.map(({ partition, offset }) => [partition, offset]))
    return new Promise((resolve, reject) => {
      const settle = async (pending: PendingFetch, action: () => void): Promise<void> => {
        this.fetches = this.fetches.filter((one) => one !== pending)
        action()
        await this.settle()
      }
      const pending: PendingFetch = {
        nodeId,
        maxWaitMs: fields.maxWaitMs,
        maxBytes: fields.maxBytes,
        from,
        answer: (outcome, errorCode = 0) =>
          settle(pending, () => {
            resolve(answerOf([...from.keys()], outcome, errorCode))
          }),
        fail: (error) =>
          settle(pending, () => {
            reject(error)
          }),
      }
      this.fetches = [...this.fetches, pending]
    })
  }
}

function answerOf(
  shards: readonly number[],
  outcome: Outcome,
  errorCode: number,
): ResponseFields<'Fetch'> {
  const partitions = shards.map((partition) => {
    const found = outcome[partition]
    return {
      partition,
      error: typeof found === 'number' ? found : 0,
      highWatermark: 0n,
      earliestOffset: 0n,
      batches: batchesOf(found),
    }
  })
  const topics = [{ name: LOGSTORE, partitions }]
  return { error: errorCode, isReadCommitted: false, abortedTransactions: 0, topics }
}

function batchesOf(found: Outcome[number] | undefined): Buffer[] {
  if (Buffer.isBuffer(found)) return [found]
  return typeof found === 'bigint' ? [batchAround(found, encodeRecord({}))] : []
}
