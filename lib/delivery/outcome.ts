import type { Parts } from './part-counter'

export const OUTCOMES = ['ack', 'nack', 'reject'] as const
/** Done; failed and to be retried; failed and not to be retried. */
export type OutcomeKind = (typeof OUTCOMES)[number]

export type ReasonKey = 'no-answer' | 'not-acked' | 'restarted'

/** Why an attempt failed: the flow's own text, or a key of which the catalogues of the nodes have the text. */
export type Reason = { readonly text: string } | { readonly key: ReasonKey }

/** What the flow reports about the attempts that some tokens name. */
export type Outcome = Ack | Failure

export interface Ack {
  readonly kind: 'ack'
  /** What the message is a part of; null if it is whole. */
  readonly parts: Parts | null
}

/** One object for everything that fails at once: what shares it is retried together. */
export interface Failure {
  readonly kind: Exclude<OutcomeKind, 'ack'>
  readonly reason: Reason
}
