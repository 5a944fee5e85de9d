import { KafkaAdmin } from '../../../lib/kafka/admin'
import { SILENT_LOGGER } from '../../../lib/logger'
import { startTarget } from '../../../lib/config/project-options'
import {
  runConnectionTest,
  STEP_TIMEOUT_MS,
  type StepResult,
} from '../../../lib/sls/connection-test'
import type { StepResponse } from '../../shared/admin-responses'
import type { TypedProject } from '../../shared/runtime/typed-project'

/** The client id, which SLS's own logs show after `kafka-forwarder`. It is not unique: the client joins no group. */
const CLIENT_ID = 'node-red-sls-kafka/test'

/** Runs the connection test and yields the result of each step, without addresses and values of settings. */
export async function* testConnection(
  { options, logstore }: TypedProject,
  signal: AbortSignal,
): AsyncGenerator<StepResponse> {
  const consumer = { project: options, logstore }
  const client = new KafkaAdmin({ consumer, clientId: CLIENT_ID, logger: SILENT_LOGGER })
  for await (const result of runConnectionTest(
    startTarget(options),
    client,
    STEP_TIMEOUT_MS,
    signal,
  )) {
    if (signal.aborted) return
    yield responseOf(result)
    if (result.step === 'access-key' && !logstore) return
  }
}

function responseOf({ step, took, failure, found }: StepResult): StepResponse {
  if (failure) {
    const { code, reason, otherName } = failure
    const names = otherName && { issuedFor: otherName.issuedFor }
    return { step, took, failure: { code, reason, ...names } }
  }
  return step === 'logstore' ? { step, took, shards: found.length } : { step, took }
}
