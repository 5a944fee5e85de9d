import { randomBytes } from 'node:crypto'
import type { Token } from '../delivery/token'
import type { Acknowledger, Answer } from './acknowledger'

/** By which a node that acknowledges finds the consumer that a token comes from; of this process. */
const acknowledgers = new Map<string, Acknowledger>()

/** Unlike any other, so that a token of a former life finds nobody. */
export function newIncarnation(): string {
  return randomBytes(4).toString('hex')
}

/** @returns a function that takes it off again */
export function register(incarnation: string, acknowledger: Acknowledger): () => void {
  acknowledgers.set(incarnation, acknowledger)
  return () => {
    acknowledgers.delete(incarnation)
  }
}

/** Tells the consumers what the flow says. A token of a consumer that is gone changes nothing. */
export function answer(tokens: readonly Token[], given: Answer): void {
  for (const incarnation of new Set(tokens.map((token) => token.incarnation))) {
    const own = tokens.filter((token) => token.incarnation === incarnation)
    acknowledgers.get(incarnation)?.answer(own, given)
  }
}
