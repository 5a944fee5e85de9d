import { randomBytes } from 'node:crypto'
import { PartCounter } from './part-counter'
import type { Token } from './token'
import type { Answer, FailedAnswer } from './outcome'

/** One life of a consumer whose records are acknowledged. A token that is stale changes nothing. */
export interface Acknowledged {
  /** Whether an ack with this token would count. */
  isLive(token: Token): boolean
  done(token: Token): void
  failed(token: Token, given: FailedAnswer): void
  /** An ack came too late to count. */
  stale(): void
  /** All that was said at once was told. */
  answered(): void
}

/** By which a node that acknowledges finds the consumer that a token comes from; of this process. */
const consumers = new Map<string, Acknowledged>()

/** Of the whole process, because a Batch node takes messages of several consumers. */
const parts = new PartCounter()

/** Unlike any other, so that a token of a former life finds nobody. */
export function newIncarnation(): string {
  return randomBytes(4).toString('hex')
}

/** @returns a function that takes it off again */
export function register(incarnation: string, consumer: Acknowledged): () => void {
  consumers.set(incarnation, consumer)
  return () => {
    consumers.delete(incarnation)
  }
}

/** Tells the consumers what the flow says. */
export function answer(tokens: readonly Token[], given: Answer): void {
  const told = given.verdict === 'ack' ? finished(tokens, given) : tokens
  const concerned = new Set<Acknowledged>()
  for (const token of told) {
    const consumer = consumers.get(token.incarnation)
    if (!consumer) continue
    if (given.verdict === 'ack') consumer.done(token)
    else consumer.failed(token, given)
    concerned.add(consumer)
  }
  for (const consumer of concerned) consumer.answered()
}

/** What was counted of a record is not needed any more: it is done, or nobody's. */
export function forgetParts(record: Omit<Token, 'attempt'>): void {
  parts.forget(record)
}

/** The part that is acked counts also if its own record is done already: others may wait for it. */
function finished(
  tokens: readonly Token[],
  given: Extract<Answer, { verdict: 'ack' }>,
): readonly Token[] {
  const live = tokens.filter((token) => {
    const consumer = consumers.get(token.incarnation)
    const isLive = consumer?.isLive(token) ?? false
    if (!isLive) consumer?.stale()
    return isLive
  })
  return given.parts ? parts.add(given.parts, live) : live
}
