import type { SlsKafkaError } from '../../lib/errors'

/** What shows where a message comes from; all of it may be missing, or be of the user. */
export interface Origin {
  readonly kafka?: unknown
  /** Set by a Catch node. */
  readonly error?: unknown
}

/**
 * Nodes that report errors of their own to Catch nodes: of a connection, a command or a wire. Without a
 * token such an error belongs to no record, and whoever reported it has said what is wrong.
 */
const REPORTERS: readonly unknown[] = ['sls-kafka-in', 'sls-kafka-ack', 'sls-kafka-control']

/** So that an action made of data cannot flood the log. */
const MOST_CAUSES = 10

export function isOwnReport(message: Origin): boolean {
  return REPORTERS.includes(sourceOf(message)['type'])
}

/** Mis-wiring concerns every message; each cause of it is news once. */
export class ToldCauses {
  readonly #told = new Set<string>()

  /** @returns whether the cause is to be told, which it counts as from now on */
  isNews({ code, params }: SlsKafkaError, message: Origin): boolean {
    const { project, group } = fieldsOf(message.kafka)
    const place = [sourceOf(message)['id'], project, group].map(String)
    const cause = JSON.stringify([code, params, ...place])
    if (this.#told.size >= MOST_CAUSES || this.#told.has(cause)) return false
    this.#told.add(cause)
    return true
  }
}

function sourceOf({ error }: Origin): Readonly<Record<string, unknown>> {
  return fieldsOf(fieldsOf(error)['source'])
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return Object(value) as Record<string, unknown>
}
