import type { Parts } from './part-counter'

export const VERDICTS = ['ack', 'nack', 'reject'] as const
/** Done; failed, try again; failed, do not try again. */
export type Verdict = (typeof VERDICTS)[number]
export type Failure = Exclude<Verdict, 'ack'>

export type ReasonKey = 'no-answer' | 'not-acked' | 'restarted'

/** Why work failed: as the flow says, or a reason of our own, which the nodes have a text for. */
export type Reason = { readonly text: string } | { readonly key: ReasonKey }

/** What the flow says of the records that some tokens stand for. */
export type Answer =
  /** @param parts what the message is a part of; null if it is whole */
  { readonly verdict: 'ack'; readonly parts: Parts | null } | FailedAnswer

/** One object for all that it says at once: by it, what failed together is known. */
export interface FailedAnswer {
  readonly verdict: Failure
  readonly reason: Reason
}
