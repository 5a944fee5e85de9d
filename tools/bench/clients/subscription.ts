/** The logstore that a client reads from the beginning. */
export interface Subscription {
  readonly port: number
  readonly caFile: string
  readonly user: string
  readonly password: string
  readonly logstore: string
  readonly group: string
}
