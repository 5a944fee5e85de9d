import type { ErrorScope } from '../faults/fault'
import type { ErrorName } from '../protocol/error-codes'
import type { Reception, SwitchValues } from '../switches'
import type { ControlClient } from './client'

/** Which requests a fault is for; all of them without any choice. */
export interface FaultSelection {
  /** Names as the protocol has them, e.g. `Fetch`. */
  readonly api?: string | readonly string[]
  /** Part of the client id. */
  readonly clientId?: string
  /** For so many requests; default: until the faults are cleared. */
  readonly times?: number
}

export interface ShardFaultSelection extends FaultSelection {
  /** Where the error stands in the response; default: where the API has it. */
  readonly scope?: ErrorScope
  readonly logstore?: string
  readonly shard?: number
}

/** What goes wrong on purpose, from another process. Faults add up; they are for requests to come. */
export interface FaultControl {
  /** Answers with an error, by name or number, and does not do what was asked for. */
  failRequests(error: ErrorName | number, which?: ShardFaultSelection): Promise<void>
  /** Serves so much later. */
  delayRequests(ms: number, which?: FaultSelection): Promise<void>
  /** Serves at once, and sends the answer so much later. */
  delayAnswers(ms: number, which?: FaultSelection): Promise<void>
  /** Serves, and loses the answer. */
  dropAnswers(which?: FaultSelection): Promise<void>
  /** Sends the answer in pieces of `bytes` (default 1), one every `ms` milliseconds. */
  dripAnswers(ms: number, which?: FaultSelection, bytes?: number): Promise<void>
  /** Inverts every byte of the answer after its correlation id. */
  garbleAnswers(which?: FaultSelection): Promise<void>
  /** The connections of these requests become half-open: bytes are taken, nothing is answered any more. */
  freezeRequests(which?: FaultSelection): Promise<void>
  /** Closes the connection without an answer; on SaslAuthenticate: in the middle of the login. */
  closeOnRequests(which?: FaultSelection): Promise<void>
  /** Answers with bytes that are no Kafka; default: those of a web server. */
  answerNonsense(which?: FaultSelection, bytes?: Buffer): Promise<void>
  /** Announces an answer of so many bytes, and sends zeros for as long as the client takes them. */
  flood(length: number, which?: FaultSelection): Promise<void>
  /** Tells clients to rest, as throttle_time_ms of the answers. */
  throttle(ms: number, which?: FaultSelection): Promise<void>
  /** What all answers together may take, bytes per second; null: no limit. */
  limitBandwidth(bytesPerSecond: number | null): Promise<void>
  /**
   * Receives new connections with silence or nonsense in place of a TLS handshake, with a close right
   * after it, or with TLS again.
   */
  receiveWith(reception: Reception): Promise<void>
  /** Refuses commits of offsets below 0 with INVALID_COMMIT_OFFSET_SIZE. */
  refuseNegativeCommits(): Promise<void>
  /** Sends clients to another address; its host is not in the certificate. */
  advertise(host: string, port: number): Promise<void>
  /** Tells so many node ids, all at the same address, and spreads the shards over them. */
  advertiseNodes(count: number): Promise<void>
  /** Ends each login after so many ms, as KIP-368 has it; null: a login holds as long as its connection. */
  limitSessions(ms: number | null): Promise<void>
  /** Lists so many aborted transactions for each shard of a Fetch response. */
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
