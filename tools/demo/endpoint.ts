import { startEmulator, type RunningEmulator } from '../emulator/process'
import type { LogBody } from './logs/log'
import { quietPort } from './port'

const PROJECT = 'demo-project'
export const LOGSTORE = 'shop-log'
/** The logstore of the orders of the fictional shop. */
export const ORDERS = 'shop-orders'
/** Where the flow writes the orders that it has enriched. */
export const PRICED_ORDERS = 'priced-orders'
export const SHARDS = 4
/** Room for many bursts; the oldest logs are dropped when it is used up. */
const RETENTION_MIB_PER_SHARD = '64'

/** Starts the emulator of the demo. */
export async function startEndpoint(): Promise<RunningEmulator> {
  return startEmulator({
    port: await quietPort(),
    project: PROJECT,
    logstores: { [LOGSTORE]: SHARDS, [ORDERS]: SHARDS, [PRICED_ORDERS]: SHARDS },
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
