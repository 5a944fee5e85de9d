import { startEmulator, type RunningEmulator } from '../emulator/process'
import type { LogBody } from './logs/log'
import { quietPort } from './port'

export const PROJECT = 'demo-project'
export const LOGSTORE = 'shop-log'
/** What the made-up shop sells, in a logstore of its own: each order counts. */
export const ORDERS = 'shop-orders'
export const SHARDS = 4
/** Room for many bursts; the oldest logs are dropped when it is used up. */
const RETENTION_MIB_PER_SHARD = '64'

/** The local SLS Kafka endpoint. */
export async function startEndpoint(): Promise<RunningEmulator> {
  return startEmulator({
    port: await quietPort(),
    project: PROJECT,
    logstores: { [LOGSTORE]: SHARDS, [ORDERS]: SHARDS },
    flags: ['--retention-mib', RETENTION_MIB_PER_SHARD],
  })
}

/** Stores logs that happened at one time, in unix ms. */
export type Append = (logs: readonly LogBody[], time: number) => Promise<void>

/** Without a shard logs are spread over all of them. */
export function appendTo(endpoint: RunningEmulator, logstore: string, shard?: number): Append {
  return async (logs, time) => {
    await endpoint.append(logstore, logs, { time, ...(shard !== undefined && { shard }) })
  }
}
