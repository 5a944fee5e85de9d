/** What a run is told, as JSON in its first argument, and what it prints, as JSON on one line. */
export interface RunRequest {
  readonly client: ClientName
  readonly port: number
  readonly caFile: string
  readonly project: string
  readonly accessKeyId: string
  readonly accessKeySecret: string
  readonly logstore: string
  readonly group: string
  readonly records: number
}

export interface RunResult {
  /** From the first record to the last. */
  readonly recordsPerSecond: number
  /** Of the whole process, start included. */
  readonly cpuSeconds: number
}

export const CLIENTS = [
  'ours-record',
  'ours-acked',
  'ours-batch',
  'stock-record',
  'stock-batch',
] as const
export type ClientName = (typeof CLIENTS)[number]

/** Reads a logstore from the beginning; calls `onRecords` with how many came. */
export interface Client {
  start(request: RunRequest, onRecords: (count: number) => void): Promise<void>
  stop(): Promise<void>
}
