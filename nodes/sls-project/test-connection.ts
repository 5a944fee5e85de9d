import { KafkaAdmin } from '../../lib/kafka/admin'
import { SILENT_LOGGER } from '../../lib/logger'
import { startTarget } from '../../lib/config/project-options'
import { probe, STEP_TIMEOUT, type ProbeResult } from '../../lib/sls/probe'
import type { StepAnswer } from '../common/admin-answers'
import type { TypedProject } from '../common/typed-project'

/** Behind `kafka-forwarder` in SLS's own logs. Joins no group, so it need not be told from others. */
const CLIENT_ID = 'node-red-sls-kafka/test'

/** Tries a connection, as far as a step can be tried, and tells of each step what a dialog may show. */
export async function* testConnection(
  { options, logstore }: TypedProject,
  signal: AbortSignal,
): AsyncGenerator<StepAnswer> {
  const consumer = { project: options, logstore }
  const client = new KafkaAdmin({ consumer, clientId: CLIENT_ID, logger: SILENT_LOGGER })
  for await (const result of probe(startTarget(options), client, STEP_TIMEOUT, signal)) {
    if (signal.aborted) return
    yield answerOf(result)
    if (result.step === 'access-key' && !logstore) return
  }
}

function answerOf({ step, took, failure, found }: ProbeResult): StepAnswer {
  if (failure) return { step, took, failure: { code: failure.code, reason: failure.reason } }
  return step === 'logstore' ? { step, took, shards: found.length } : { step, took }
}
