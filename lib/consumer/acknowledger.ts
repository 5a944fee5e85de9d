import type { Delivery } from '../delivery/delivery'
import { PartCounter, type Parts } from '../delivery/parts'
import type { Token } from '../delivery/token'
import type { FetchedRecord } from '../kafka/source'
import type { AckLane } from './ack-lane'

export const VERDICTS = ['ack', 'nack', 'reject'] as const
/** Done; failed, try again; failed, do not try again. */
export type Verdict = (typeof VERDICTS)[number]

/** Why work failed: as the flow says, or a reason of our own, which the nodes have a text for. */
export type Reason = { readonly text: string } | { readonly key: 'no-answer' | 'not-acked' }

/** What the flow says of the records that some tokens stand for. */
export interface Answer {
  readonly verdict: Verdict
  /** What the message is a part of; null if it is whole. */
  readonly parts: Parts | null
  readonly reason: Reason
}

type RecordDelivery = Delivery<FetchedRecord>

/** Hears what the flow says and finds the records that are meant. */
export class Acknowledger {
  readonly #laneOf: (shard: number) => AckLane | undefined
  readonly #onAnswered: () => void
  readonly #parts = new PartCounter<RecordDelivery>()

  constructor(laneOf: (shard: number) => AckLane | undefined, onAnswered: () => void) {
    this.#laneOf = laneOf
    this.#onAnswered = onAnswered
  }

  /** Tokens that are stale, because the shard has moved or the record is done, change nothing. */
  answer(tokens: readonly Token[], { verdict, parts, reason }: Answer): void {
    if (verdict === 'ack') {
      for (const delivery of this.#whole(this.#live(tokens), parts)) {
        this.#laneOf(delivery.shard)?.done(delivery)
      }
    } else {
      for (const token of tokens) this.#laneOf(token.shard)?.failed(token, verdict, reason)
    }
    this.#onAnswered()
  }

  forget(delivery: RecordDelivery): void {
    this.#parts.forget(delivery)
  }

  /** The work is done whichever attempt it was that did it. */
  #live(tokens: readonly Token[]): RecordDelivery[] {
    return tokens
      .map(({ shard, epoch, offset }) => this.#laneOf(shard)?.window.find(epoch, offset))
      .filter((delivery) => delivery !== undefined)
  }

  #whole(deliveries: readonly RecordDelivery[], parts: Parts | null): readonly RecordDelivery[] {
    if (!parts || deliveries.length === 0) return deliveries
    return this.#parts.add(parts, deliveries)
  }
}
