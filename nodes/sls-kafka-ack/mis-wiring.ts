import type { SlsKafkaError } from '../../lib/errors'

/** What shows where a message comes from; all of it may be missing, or be of the user. */
export interface Origin {
  readonly kafka?: unknown
  /** Set by a Catch node. */
  readonly error?: unknown
}

/**
 * Nodes that report errors of their own to Catch nodes: of a connection, a command or a wire. Without a
 * token such an error belongs to no record, and the node has already reported what is wrong.
 */
const REPORTERS: readonly unknown[] = ['sls-kafka-in', 'sls-kafka-ack', 'sls-kafka-control']

export function isOwnReport(message: Origin): boolean {
  return REPORTERS.includes(sourceOf(message)['type'])
}

/** What names the cause of mis-wiring: the error, and where the message comes from. */
export function causeOf({ code, params }: SlsKafkaError, message: Origin): string {
  const { project, group } = fieldsOf(message.kafka)
  const place = [sourceOf(message)['id'], project, group].map(String)
  return JSON.stringify([code, params, ...place])
}

function sourceOf({ error }: Origin): Readonly<Record<string, unknown>> {
  return fieldsOf(fieldsOf(error)['source'])
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return Object(value) as Record<string, unknown>
}
