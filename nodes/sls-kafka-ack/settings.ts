import { OUTCOMES, type OutcomeKind } from '../../lib/delivery/outcome'
import { isAbsent, oneOf, problemsOf, textOf } from '../../lib/config/fields'
import type { Problem } from '../../lib/config/problem'

/** The values of the property `action`: one outcome for all messages, or `msg` for the outcome in `msg.action`. */
export const ACK_ACTIONS = [...OUTCOMES, 'msg'] as const
/** The values of the property `tokenType`. */
export const TOKEN_TYPES = ['msg', 'jsonata', 'flow', 'global', 'str', 'env'] as const

/** The settings as Node-RED passes them; a hand-written flow can lack any of them. */
export interface AckConfig {
  readonly action?: unknown
  readonly token?: unknown
  readonly tokenType?: unknown
}

/** The complete, checked settings of an ack node. */
export interface AckSettings {
  readonly action: OutcomeKind | 'msg'
  readonly token: string
  readonly tokenType: (typeof TOKEN_TYPES)[number]
}

/** Checks the settings and fills in the defaults. */
export function readAckSettings(config: AckConfig): AckSettings | { problems: readonly Problem[] } {
  const { action, token, tokenType } = config
  const problems = problemsOf(
    // A text is not checked for variables: in JSONata, `${` begins an expression.
    { action, tokenType, ...(typeof token === 'string' ? {} : { token }) },
    { action: oneOf(ACK_ACTIONS), tokenType: oneOf(TOKEN_TYPES) },
  )
  if (problems.length > 0) return { problems }
  return {
    action: isAbsent(action) ? 'ack' : (action as AckSettings['action']),
    token: typeof token === 'string' ? token : textOf(token ?? 'kafka.token'),
    tokenType: isAbsent(tokenType) ? 'msg' : (tokenType as AckSettings['tokenType']),
  }
}
