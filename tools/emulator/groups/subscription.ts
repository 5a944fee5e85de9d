import { MalformedRequestError, Reader } from '../protocol/reader'
import type { Protocol } from './member'

/**
 * The logstores that a consumer subscribes to. Only the protocol type `consumer` has a known
 * encoding; for anything else, and for bytes that make no sense, the answer is: none.
 */
export function subscribedLogstores(
  protocolType: string,
  protocols: readonly Protocol[],
): Set<string> {
  if (protocolType !== 'consumer') return new Set()
  return new Set(protocols.flatMap(({ metadata }) => topicsOf(metadata)))
}

function topicsOf(metadata: Buffer): string[] {
  const reader = new Reader(metadata)
  try {
    reader.int16() // version: the topics come first in all of them
    return reader.array(() => reader.string())
  } catch (error) {
    if (error instanceof MalformedRequestError) return []
    throw error
  }
}
