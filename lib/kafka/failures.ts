import { SlsKafkaError, causesOf, toError } from '../errors'
import type { Cluster } from './cluster'
import { BrokerError } from './error-codes'
import { reactionTo } from './reactions'
import { UnsupportedApiError } from './unsupported-api'

/**
 * Whether the same request would fail again until somebody changes a setting or a permission: a refused
 * login, a refused group, a host outside the endpoint's domain, a broker that lacks an API.
 */
export function endsMembership(error: unknown): boolean {
  return causesOf(error).some(
    (cause) =>
      cause instanceof SlsKafkaError ||
      cause instanceof UnsupportedApiError ||
      (cause instanceof BrokerError && reactionTo(cause.api, cause.errorCode) === 'end'),
  )
}

/** Whether the group refuses a member or its generation: another assignment can follow only a new join. */
export function endsGeneration({ api, errorCode }: BrokerError): boolean {
  const reaction = reactionTo(api, errorCode)
  return reaction === 'rejoin' || reaction === 'rejoin-as-new'
}

/**
 * Makes ready for another attempt: looks the coordinator up again, or ends connections whose login holds no
 * longer.
 *
 * @param group whose coordinator was asked; null if another broker was
 */
export function prepareRetry(
  cluster: Pick<Cluster, 'forgetCoordinator' | 'endConnections'>,
  error: unknown,
  group: string | null,
): void {
  const reaction = error instanceof BrokerError ? reactionTo(error.api, error.errorCode) : null
  // A connection that failed may be that of a coordinator which is gone.
  const isAtCoordinator = reaction === null || reaction === 'find-coordinator'
  if (group !== null && isAtCoordinator) cluster.forgetCoordinator(group)
  if (reaction === 'new-connection') cluster.endConnections(toError(error))
}
