import { startEmulator, type RunningEmulator } from '../emulator/process'
import type { LogBody } from './logs/log'

export const PROJECT = 'demo-project'
export const LOGSTORE = 'shop-log'
const SHARDS = 4
/** Room for many bursts; the oldest logs are dropped when it is used up. */
const RETENTION_MIB_PER_SHARD = '64'

/** The local SLS Kafka endpoint with one logstore. */
export function startEndpoint(): Promise<RunningEmulator> {
  return startEmulator({
    project: PROJECT,
    logstores: { [LOGSTORE]: SHARDS },
    flags: ['--retention-mib', RETENTION_MIB_PER_SHARD],
  })
}

/** Stores logs that happened at one time, in unix ms. */
export type Append = (logs: readonly LogBody[], time: number) => Promise<void>

export function appendTo(endpoint: RunningEmulator): Append {
  return async (logs, time) => {
    await endpoint.append(LOGSTORE, logs, { time })
  }
}
