import type { MemberOptions } from '../../lib/kafka/client-config'
import { KafkajsSource } from '../../lib/kafka/kafkajs-source'
import type { LogSource, LogSourceListener } from '../../lib/kafka/source'

type SourceClass = new (options: MemberOptions, listener: LogSourceListener) => LogSource

const SOURCES: Readonly<Record<string, SourceClass>> = { kafkajs: KafkajsSource }

/** The Kafka client that tests read with. */
export const TEST_CLIENT = process.env['TEST_CLIENT'] ?? 'kafkajs'

/** A source of the client that `TEST_CLIENT` names. @throws Error if there is no such client */
export function createLogSource(options: MemberOptions, listener: LogSourceListener): LogSource {
  const Source = SOURCES[TEST_CLIENT]
  if (!Source) throw new Error(`TEST_CLIENT is one of ${Object.keys(SOURCES).join(', ')}`)
  return new Source(options, listener)
}
