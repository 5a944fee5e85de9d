import assert from 'node:assert/strict'
import { reportOutcome } from '../../lib/delivery/ack-registry'
import type { Message } from '../../lib/delivery/message'
import type { Outcome, OutcomeKind } from '../../lib/delivery/outcome'
import { parseToken } from '../../lib/delivery/token'

/** Reports one outcome for messages, as an ack node does. Each of them must carry a token. */
export function report(messages: readonly Pick<Message, 'kafka'>[], outcome: Outcome): void {
  const tokens = messages.map(({ kafka }) => parseToken(kafka.token ?? '') ?? assert.fail('token'))
  reportOutcome(tokens, outcome)
}

/** Reports an outcome of whole messages, and for a failure no reason. */
export function reportKind(
  kind: OutcomeKind,
  ...messages: readonly Pick<Message, 'kafka'>[]
): void {
  const outcome: Outcome =
    kind === 'ack' ? { kind, parts: null } : { kind, reason: { key: 'no-reason' } }
  report(messages, outcome)
}

export function ack(...messages: readonly Pick<Message, 'kafka'>[]): void {
  reportKind('ack', ...messages)
}

export function nack(...messages: readonly Pick<Message, 'kafka'>[]): void {
  reportKind('nack', ...messages)
}

export function reject(...messages: readonly Pick<Message, 'kafka'>[]): void {
  reportKind('reject', ...messages)
}
