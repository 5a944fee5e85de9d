/** What is told of a client that has read a logstore to its end. */
export interface Drained {
  /** From the first record to the last. */
  readonly recordsPerSecond: number
  /** Of the process. */
  readonly cpuSeconds: number
  /** 99th percentile of the delay of the event loop meanwhile, in milliseconds; null if not measured. */
  readonly lateMs: number | null
}
