import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import type { Broker } from '../support/broker'

/** Both clients commit what they have read within two intervals of 5 s. */
const COMMITTED_MS = 20_000
const LOOK_AGAIN_MS = 200

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
  const deadline = Date.now() + COMMITTED_MS
  for (;;) {
    const committed = JSON.stringify(await broker.committed(group, logstore))
    if (committed === wanted) return
    if (Date.now() > deadline) throw new Error(`committed ${committed}, not yet ${wanted}`)
    await delay(LOOK_AGAIN_MS)
  }
}
