import assert from 'node:assert/strict'
import type { Broker } from '../../tools/shared/broker'
import { waitUntil } from '../../tools/shared/polling'

/** Both clients commit what they have read within two intervals of 5 s. */
const LIMITS = { timeoutMs: 20_000, intervalMs: 200 }

/** What the group has committed, as the service keeps it, is the end of the logstore. */
export async function assertCommittedToTheEnd(
  broker: Broker,
  group: string,
  logstore: string,
): Promise<void> {
  assert.deepEqual(await broker.committed(group, logstore), await broker.endOffsets(logstore))
}

/** A service tells what is committed only when asked. */
export async function untilCommittedToTheEnd(
  broker: Broker,
  group: string,
  logstore: string,
): Promise<void> {
  const wanted = JSON.stringify(await broker.endOffsets(logstore))
  let committed = ''
  const isCommitted = async (): Promise<boolean> => {
    committed = JSON.stringify(await broker.committed(group, logstore))
    return committed === wanted
  }
  const explain = (): string => `committed ${committed}, not yet ${wanted}`
  await waitUntil(isCommitted, explain, LIMITS)
}
