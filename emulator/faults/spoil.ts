import { setTimeout as delay } from 'node:timers/promises'
import type { ActiveFault } from './fault'
import { Refusal } from './refusal'

/** What a fault may do to the connection of a request. */
export interface FaultyConnection {
  /** Aborts when it is found closed. */
  readonly closed: AbortSignal
  send(bytes: Buffer): void
  /** Announces an answer of this length and sends it. */
  flood(length: number): void
  freeze(): void
  close(): void
}

/** What a fault changes about the answer. */
export interface Changes {
  readonly refusals: readonly Refusal[]
  readonly throttleMs: number
}

/** Serves a request: the chunks of its answer, or `undefined` for none. */
export type Serve = (changes: Changes) => Promise<Buffer[] | undefined>

/** Serves as `serve` does, with the fault. */
export function spoil(fault: ActiveFault, connection: FaultyConnection, serve: Serve): Serve {
  const { action } = fault.fault
  switch (action.kind) {
    case 'error':
      return (changes) =>
        serve({ ...changes, refusals: [...changes.refusals, new Refusal(fault, action)] })
    case 'throttle':
      return (changes) => serve({ ...changes, throttleMs: action.ms })
    case 'delay':
      return async (changes) => {
        await delay(action.ms, undefined, { signal: connection.closed })
        return serve(changes)
      }
    case 'late':
      return async (changes) => {
        const answer = await serve(changes)
        await delay(action.ms, undefined, { signal: connection.closed })
        return answer
      }
    case 'drop':
      return async (changes) => {
        await serve(changes)
        return undefined
      }
    case 'freeze':
      return noAnswer(() => {
        connection.freeze()
      })
    case 'close':
      return noAnswer(() => {
        connection.close()
      })
    case 'nonsense':
      return noAnswer(() => {
        connection.send(action.bytes)
      })
    case 'flood':
      return noAnswer(() => {
        connection.flood(action.length)
      })
  }
}

function noAnswer(act: () => void): Serve {
  return () => {
    act()
    return Promise.resolve(undefined)
  }
}
