import type { Clock } from '../../clock'
import type { Broker } from './brokers'
import type { Cluster } from './cluster'
import { BrokerError, UNKNOWN_TOPIC_OR_PARTITION } from './error-codes'
import type { MetadataResponse } from './metadata-requests'
import { wait } from '../../async'

/** Shortest time between two metadata requests for one logstore. */
const MIN_REFRESH_INTERVAL_MS = 1_000

type TopicMetadata = MetadataResponse['topics'][number]

/** The shards of one logstore and the brokers that lead them, as the service listed them last. */
export class ShardDirectory {
  readonly #cluster: Cluster
  readonly #logstore: string
  readonly #clock: Clock
  readonly #signal: AbortSignal
  #leaders: ReadonlyMap<number, number> = new Map()
  #refreshing: Promise<void> | null = null
  /** Monotonic, when the last list was asked for. */
  #requestedMs = -Infinity
  #error: BrokerError | null = null
  /** Called when a list has a shard that was not in the list before. */
  onNewShards: () => void = () => undefined

  constructor(cluster: Cluster, logstore: string, clock: Clock, signal: AbortSignal) {
    this.#cluster = cluster
    this.#logstore = logstore
    this.#clock = clock
    this.#signal = signal
  }

  /** Ascending; empty before the first list. */
  get shards(): readonly number[] {
    return [...this.#leaders.keys()].sort((one, other) => one - other)
  }

  has(shard: number): boolean {
    return this.#leaders.has(shard)
  }

  /** Null while the shard has no leader, or one that the service did not name. */
  leaderOf(shard: number): Broker | null {
    const nodeId = this.#leaders.get(shard)
    return nodeId === undefined ? null : this.#cluster.broker(nodeId)
  }

  /** Milliseconds since the last list was asked for. */
  get ageMs(): number {
    return this.#clock.monotonic() - this.#requestedMs
  }

  /** Looks the logstore up. @throws BrokerError if the service refuses it, or the error of the connection */
  async find(): Promise<readonly number[]> {
    await this.refresh()
    if (this.#error) throw this.#error
    return this.shards
  }

  /** Asks for the list again, unless it is less than a second old. */
  async ensureFresh(): Promise<void> {
    if (this.ageMs >= MIN_REFRESH_INTERVAL_MS) await this.refresh()
  }

  /**
   * Asks for the list again, at most once a second. A logstore that the service refuses keeps its shards:
   * a broker that restarts does not know any logstore for a moment.
   *
   * @throws why no broker could be asked
   */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = null
    })
    return this.#refreshing
  }

  async #refresh(): Promise<void> {
    await wait(this.#clock, MIN_REFRESH_INTERVAL_MS - this.ageMs, this.#signal)
    this.#requestedMs = this.#clock.monotonic()
    const { topics } = await this.#cluster.metadata([this.#logstore])
    const topic = topics.find(({ name }) => name === this.#logstore)
    const errorCode = topic?.errorCode ?? UNKNOWN_TOPIC_OR_PARTITION
    this.#error = errorCode === 0 ? null : new BrokerError('Metadata', errorCode)
    if (!topic || errorCode !== 0) return
    const known = this.#leaders
    this.#leaders = leadersOf(topic)
    if (known.size > 0 && this.shards.some((shard) => !known.has(shard))) this.onNewShards()
  }
}

/** Leaders by shard. A shard with an error of its own exists; its leader is -1 or the last one. */
function leadersOf({ shards }: TopicMetadata): ReadonlyMap<number, number> {
  return new Map(shards.map(({ shard, leader }) => [shard, leader]))
}
