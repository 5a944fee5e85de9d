/** The figures of a client that has read a logstore to its end. */
export interface Drained {
  /** The rate from the first record to the last. */
  readonly recordsPerSecond: number
  /** The processor time of the process. */
  readonly cpuSeconds: number
  /** 99th percentile of the delay of the event loop meanwhile, in milliseconds; null if not measured. */
  readonly lateMs: number | null
}
