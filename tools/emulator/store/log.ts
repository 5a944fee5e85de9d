/** One field of a log: SLS stores both name and value as strings. */
export type Field = readonly [name: string, value: string]

/** One log as SLS stores it. */
export interface Log {
  /** The log's own time, unix ms; not the time at which the service received it. */
  readonly time: number
  readonly fields: readonly Field[]
}
