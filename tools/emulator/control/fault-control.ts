import type { ErrorScope } from '../faults/fault'
import type { ErrorName } from '../protocol/error-codes'
import type { WriteLimits } from '../store/write-limits'
import type { Reception, SwitchValues } from '../switches'
import type { ControlClient } from './client'

/** The requests that a fault applies to; all requests if no property is set. */
interface FaultSelection {
  /** Names as the protocol has them, e.g. `Fetch`. */
  readonly api?: string | readonly string[]
  /** Part of the client id. */
  readonly clientId?: string
  /** The number of requests; default: until the faults are cleared. */
  readonly times?: number
}

interface ShardFaultSelection extends FaultSelection {
  /** Where the error stands in the response; default: where the API has it. */
  readonly scope?: ErrorScope
  readonly logstore?: string
  readonly shard?: number
}

/** Controls faults and switches from another process. Faults add up, and apply to later requests. */
export interface FaultControl {
  /** Responds with an error, by name or number, and does not serve the request. */
  failRequests(error: ErrorName | number, which?: ShardFaultSelection): Promise<void>
  /** Serves the request later. */
  delayRequests(ms: number, which?: FaultSelection): Promise<void>
  /** Serves the request at once, and sends the response later. */
  delayAnswers(ms: number, which?: FaultSelection): Promise<void>
  /** Serves the request, and loses the response. */
  dropAnswers(which?: FaultSelection): Promise<void>
  /** Sends the response in pieces of `bytes` (default 1), one every `ms` milliseconds. */
  dripAnswers(ms: number, which?: FaultSelection, bytes?: number): Promise<void>
  /** Inverts every byte of the response after its correlation id. */
  garbleAnswers(which?: FaultSelection): Promise<void>
  /** Makes the connections of these requests half-open: they accept bytes and send nothing. */
  freezeRequests(which?: FaultSelection): Promise<void>
  /** Closes the connection without a response; for SaslAuthenticate, in the middle of the login. */
  closeOnRequests(which?: FaultSelection): Promise<void>
  /** Responds with bytes that are not Kafka; default: the response of a web server. */
  answerNonsense(which?: FaultSelection, bytes?: Buffer): Promise<void>
  /** Announces a response of this length, and sends zeros as fast as the client reads them. */
  flood(length: number, which?: FaultSelection): Promise<void>
  /** Sets throttle_time_ms of the responses. */
  throttle(ms: number, which?: FaultSelection): Promise<void>
  /** The bandwidth of all responses together, bytes per second; null: no limit. */
  limitBandwidth(bytesPerSecond: number | null): Promise<void>
  /** The bandwidth of all requests together, bytes per second; null: no limit. */
  limitInboundBandwidth(bytesPerSecond: number | null): Promise<void>
  /** Bytes per second that each shard takes; more is refused, to be tried again; null: no limit. */
  limitShardRate(bytesPerSecond: number | null): Promise<void>
  /** Refuses what SLS refuses, beyond these limits of one batch; null: takes anything. */
  limitWrites(limits: WriteLimits | null): Promise<void>
  /**
   * Receives new connections with silence or nonsense in place of a TLS handshake, with a close right
   * after it, or with TLS again.
   */
  receiveWith(reception: Reception): Promise<void>
  /** Refuses commits of offsets below 0 with INVALID_COMMIT_OFFSET_SIZE. */
  refuseNegativeCommits(): Promise<void>
  /** Sends clients to another address; its host is not in the certificate. */
  advertise(host: string, port: number): Promise<void>
  /** Sets the number of node ids, all at the same address, and spreads the shards over them. */
  advertiseNodes(count: number): Promise<void>
  /** Ends each login after this time (KIP-368); null: a login lasts as long as its connection. */
  limitSessions(ms: number | null): Promise<void>
  /** Sets the number of aborted transactions for each shard of a Fetch response. */
  listAbortedTransactions(count: number): Promise<void>
  /** Offers each API up to a version; below the lowest one served, e.g. -1, not at all. */
  limitVersions(maxVersions: Readonly<Record<string, number>>): Promise<void>
  /** Ends all faults, drops half-open connections, and puts back what the command line has set. */
  clearFaults(): Promise<void>
}

export function faultControl(request: ControlClient): FaultControl {
  const add = async (kind: string, fields: object): Promise<void> => {
    await request('POST', '/faults', { ...fields, kind })
  }
  const set = async (values: {
    readonly [Name in keyof SwitchValues]?: SwitchValues[Name] | null
  }): Promise<void> => {
    await request('POST', '/switches', values)
  }
  return {
    failRequests: (error, which) => add('error', { ...which, error }),
    delayRequests: (ms, which) => add('delay', { ...which, ms }),
    delayAnswers: (ms, which) => add('late', { ...which, ms }),
    dropAnswers: (which) => add('drop', { ...which }),
    dripAnswers: (ms, which, bytes = 1) => add('drip', { ...which, ms, bytes }),
    garbleAnswers: (which) => add('garble', { ...which }),
    freezeRequests: (which) => add('freeze', { ...which }),
    closeOnRequests: (which) => add('close', { ...which }),
    answerNonsense: (which, bytes) =>
      add('nonsense', { ...which, ...(bytes && { bytes: bytes.toString('base64') }) }),
    flood: (length, which) => add('flood', { ...which, length }),
    throttle: (ms, which) => add('throttle', { ...which, ms }),
    limitBandwidth: (bytesPerSecond) => set({ bytesPerSecond }),
    limitInboundBandwidth: (inboundBytesPerSecond) => set({ inboundBytesPerSecond }),
    limitShardRate: (shardBytesPerSecond) => set({ shardBytesPerSecond }),
    limitWrites: (writeLimits) => set({ writeLimits }),
    receiveWith: (reception) => set({ reception }),
    refuseNegativeCommits: () => set({ refusesNegativeCommits: true }),
    advertise: (host, port) => set({ advertise: { host, port } }),
    advertiseNodes: (nodes) => set({ nodes }),
    limitSessions: (sessionLifetimeMs) => set({ sessionLifetimeMs }),
    listAbortedTransactions: (abortedTransactions) => set({ abortedTransactions }),
    limitVersions: (maxVersions) => set({ maxVersions }),
    async clearFaults() {
      await request('DELETE', '/faults')
    },
  }
}
