import type { SlsKafkaError } from '../../../lib/errors'

/** The properties that show the origin of a message. The flow can remove or change them. */
export interface Origin {
  readonly kafka?: unknown
  /** Set by a Catch node. */
  readonly error?: unknown
}

/** Node types of this package that report errors without a record to Catch nodes: of a connection or a command. */
const REPORTERS: readonly unknown[] = [
  'sls-kafka-in',
  'sls-kafka-out',
  'sls-kafka-ack',
  'sls-kafka-control',
]

/** Whether a Catch node took the message from a node of this package, which has reported the error already. */
export function isOwnReport(message: Origin): boolean {
  return REPORTERS.includes(sourceOf(message)['type'])
}

/** A key for "once per cause": the error, the source node, the project and the group. */
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
