import type { WriteLimits } from './store/write-limits'

/**
 * `silence`: taken, and nothing is ever said. `nonsense`: greeted with what is no TLS. `close`: closed as
 * soon as the TLS handshake is complete.
 */
export const RECEPTIONS = ['tls', 'silence', 'nonsense', 'close'] as const
export type Reception = (typeof RECEPTIONS)[number]

/** Properties of the endpoint that can be changed while it runs. */
export interface SwitchValues {
  /** Where clients are sent to; without it `localhost` and the port that is listened on. */
  readonly advertise: { readonly host: string; readonly port: number } | undefined
  /** The number of node ids, all with the same address; the shards are spread over them. */
  readonly nodes: number
  /** The highest version offered, by name of the API; below the lowest one served: none at all. */
  readonly maxVersions: Readonly<Record<string, number>>
  /** Commits below 0, as clients make of "earliest" and "latest", are refused. */
  readonly refusesNegativeCommits: boolean
  /** What the link to all clients carries; without it as much as it can. */
  readonly bytesPerSecond: number | undefined
  /** What the link from all clients carries; without it as much as it can. */
  readonly inboundBytesPerSecond: number | undefined
  /** What each shard takes in a second, of names and values; without it as much as comes. */
  readonly shardBytesPerSecond: number | undefined
  /** What may be written; without them anything. */
  readonly writeLimits: WriteLimits | undefined
  /**
   * How long a login holds, ms; a connection that asks for anything later, without a new login, closes
   * (KIP-368). Without it a login holds as long as its connection.
   */
  readonly sessionLifetimeMs: number | undefined
  /** So many aborted transactions are listed for each shard of a Fetch response. */
  readonly abortedTransactions: number
  /** How new connections are received. */
  readonly reception: Reception
}

/** The switches as they are now, and as the command line has set them. */
export class Switches {
  readonly #initial: SwitchValues
  #values: SwitchValues

  constructor(initial: SwitchValues) {
    this.#initial = {
      advertise: initial.advertise,
      nodes: initial.nodes,
      maxVersions: initial.maxVersions,
      refusesNegativeCommits: initial.refusesNegativeCommits,
      bytesPerSecond: initial.bytesPerSecond,
      inboundBytesPerSecond: initial.inboundBytesPerSecond,
      shardBytesPerSecond: initial.shardBytesPerSecond,
      writeLimits: initial.writeLimits,
      sessionLifetimeMs: initial.sessionLifetimeMs,
      abortedTransactions: initial.abortedTransactions,
      reception: initial.reception,
    }
    this.#values = this.#initial
  }

  get current(): SwitchValues {
    return this.#values
  }

  change(values: Partial<SwitchValues>): void {
    this.#values = { ...this.#values, ...values }
  }

  reset(): void {
    this.#values = this.#initial
  }
}
