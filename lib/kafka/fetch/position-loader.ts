import { isAborted, wait } from '../../async'
import { BrokerError } from '../cluster/error-codes'
import { endsMembership, prepareRetry, errorAction } from '../cluster/error-actions'
import type { Fetcher, FetcherParts } from './fetcher'
import { fetchCommittedOffsets, listShardOffsets, type ShardOffsets } from '../group/offsets'
import { EARLIEST } from '../group/offset-requests'
import { RetryBackoff } from '../../backoff'

/**
 * Finds out where newly assigned shards begin: at the offset that the group has committed, or at the first
 * record of a shard without one.
 */
export class PositionLoader {
  readonly #group: string
  readonly #logstore: string
  readonly #parts: FetcherParts
  readonly #fetcher: Fetcher
  readonly #onRequestFailed: (error: unknown) => void

  constructor(
    { group, logstore }: { group: string; logstore: string },
    parts: FetcherParts,
    fetcher: Fetcher,
    onTrouble: (error: unknown) => void,
  ) {
    this.#group = group
    this.#logstore = logstore
    this.#parts = parts
    this.#fetcher = fetcher
    this.#onRequestFailed = onTrouble
  }

  /**
   * Starts each shard as soon as its position is known; tries until the signal aborts.
   *
   * @throws what another attempt would not change
   */
  async load(shards: readonly number[], signal: AbortSignal): Promise<void> {
    const retries = new RetryBackoff()
    let left = shards.filter((shard) => this.#fetcher.isWithoutPosition(shard))
    while (left.length > 0 && !isAborted(signal)) {
      try {
        const { offsets, refused } = await this.#find(left)
        if (isAborted(signal)) return
        this.#fetcher.start(offsets)
        left = left.filter((shard) => !offsets.has(shard))
        this.#refuse(refused, offsets.size > 0)
      } catch (error) {
        if (isAborted(signal)) return
        if (endsMembership(error)) throw error
        this.#onRequestFailed(error)
        this.#recover(error)
      }
      if (left.length > 0) await wait(this.#parts.clock, retries.failed(), signal)
    }
  }

  async #find(shards: readonly number[]): Promise<ShardOffsets> {
    const { cluster, directory } = this.#parts
    const committed = await fetchCommittedOffsets(cluster, this.#group, this.#logstore, shards)
    const isNew = (shard: number): boolean =>
      !committed.offsets.has(shard) && !committed.refused.has(shard)
    const fresh = shards.filter(isNew)
    if (fresh.length === 0) return committed
    const request = { logstore: this.#logstore, shards: fresh, time: EARLIEST }
    const first = await listShardOffsets(cluster, directory, request)
    return {
      offsets: new Map([...committed.offsets, ...first.offsets]),
      refused: new Map([...committed.refused, ...first.refused]),
    }
  }

  #refuse(refused: ReadonlyMap<number, BrokerError>, isPartly: boolean): void {
    for (const [shard, error] of refused) {
      if (endsMembership(error)) throw error
      this.#fetcher.refuse(shard, error)
      this.#recover(error)
    }
    const [first] = refused.values()
    if (first && !isPartly) this.#onRequestFailed(first)
  }

  #recover(error: unknown): void {
    const { cluster, directory } = this.#parts
    prepareRetry(cluster, error, this.#group)
    const isMoved =
      error instanceof BrokerError && errorAction(error.api, error.errorCode) === 'refresh-metadata'
    if (isMoved) directory.refresh().catch(this.#onRequestFailed)
  }
}
