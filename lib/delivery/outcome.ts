import type { Parts } from './part-counter'

export const OUTCOMES = ['ack', 'nack', 'reject'] as const
/** `ack`: done. `nack`: failed, is retried. `reject`: failed, is not retried. */
export type OutcomeKind = (typeof OUTCOMES)[number]

type ReasonKey = 'no-reason' | 'not-acked' | 'restarted'

/** Why an attempt failed: the flow's own text, or a key of a text in the nodes' catalogues. */
export type Reason = { readonly text: string } | { readonly key: ReasonKey }

/** The flow's report about the attempts that some tokens name. */
export type Outcome = Ack | Failure

interface Ack {
  readonly kind: 'ack'
  /** The sequence that the message is a part of; null if there is none. */
  readonly parts: Parts | null
}

/** A failed attempt. Attempts that fail together share one object, and are retried together. */
export interface Failure {
  readonly kind: Exclude<OutcomeKind, 'ack'>
  readonly reason: Reason
}
