import { OUTCOMES, type OutcomeKind } from '../../lib/delivery/outcome'
import { isAbsent, oneOf, problemsOf, textOf } from '../../lib/config/fields'
import type { Problem } from '../../lib/config/problem'

/** What the node can be set to do: always the same, or what `msg.action` says. */
export const ACK_ACTIONS = [...OUTCOMES, 'msg'] as const
/** Where a token can be. */
export const TOKEN_TYPES = ['msg', 'jsonata', 'flow', 'global', 'str', 'env'] as const

/** As Node-RED hands them over; a flow that was written by hand may lack them. */
export interface AckConfig {
  readonly action?: unknown
  readonly token?: unknown
  readonly tokenType?: unknown
}

export interface AckSettings {
  readonly action: OutcomeKind | 'msg'
  readonly token: string
  readonly tokenType: (typeof TOKEN_TYPES)[number]
}

export function readAckSettings(config: AckConfig): AckSettings | { problems: readonly Problem[] } {
  const { action, token, tokenType } = config
  const problems = problemsOf(
    // A text is not looked into: in JSONata, `${` begins an expression.
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
