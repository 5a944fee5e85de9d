import type { MemberOptions } from '../../lib/kafka/client-config'
import { KafkaSource } from '../../lib/kafka/kafka-source'
import { KafkajsSource } from '../../lib/kafka/kafkajs-source'
import type { LogSource, LogSourceListener } from '../../lib/kafka/source'

type SourceClass = new (options: MemberOptions, listener: LogSourceListener) => LogSource

const SOURCES: Readonly<Record<string, SourceClass>> = { own: KafkaSource, kafkajs: KafkajsSource }

/** The names of all clients under test. */
export const CLIENT_NAMES: readonly string[] = Object.keys(SOURCES)

/** The Kafka client that tests read with; by default the one of the nodes. */
export function testClient(): string {
  return process.env['TEST_CLIENT'] ?? 'own'
}

/** A source of the client that `TEST_CLIENT` names. @throws Error if there is no such client */
export function createLogSource(options: MemberOptions, listener: LogSourceListener): LogSource {
  const name = testClient()
  const Source = SOURCES[name]
  if (!Source) throw new Error(`TEST_CLIENT is one of ${CLIENT_NAMES.join(', ')}, not "${name}"`)
  return new Source(options, listener)
}
