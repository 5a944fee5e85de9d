import { setTimeout as delay } from 'node:timers/promises'
import type { ActiveFault, FaultAction } from './fault'
import { Refusal } from './refusal'

/** What a fault may do to the connection of a request. */
export interface FaultyConnection {
  /** Aborts when it is found closed. */
  readonly closed: AbortSignal
  send(bytes: Buffer): void
  /** Announces an answer of this length and sends it. */
  flood(length: number): void
  /** The answer of this request is sent in pieces of `bytes`, one every `ms`. */
  drip(ms: number, bytes: number): void
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

/**
 * Serves as `serve` does, with the fault.
 *
 * @param onFailing called when the fault spoils the request; a delay or a throttle does not
 */
export function spoil(
  fault: ActiveFault,
  connection: FaultyConnection,
  onFailing: () => void,
  serve: Serve,
): Serve {
  const { action } = fault.fault
  if (!SPARING.has(action.kind)) onFailing()
  switch (action.kind) {
    case 'error':
      return (changes) =>
        serve({
          ...changes,
          refusals: [...changes.refusals, new Refusal(fault, action, onFailing)],
        })
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
    case 'drip':
      return (changes) => {
        connection.drip(action.ms, action.bytes)
        return serve(changes)
      }
    case 'garble':
      // Copied: the chunks of a fetch are the stored batches.
      return async (changes) => (await serve(changes))?.map(inverted)
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

/** An error counts when it is applied, see `Refusal`; a delay and a throttle leave a good response. */
const SPARING: ReadonlySet<FaultAction['kind']> = new Set(['error', 'delay', 'throttle'])

function inverted(chunk: Buffer): Buffer {
  return Buffer.from(chunk.map((byte) => ~byte))
}

function noAnswer(act: () => void): Serve {
  return () => {
    act()
    return Promise.resolve(undefined)
  }
}
