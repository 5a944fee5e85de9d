import { SlsKafkaError, causesOf } from '../errors'
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
