import assert from 'node:assert/strict'
import { realLines } from '../support/real-lines'
import type { Broker } from '../../tools/shared/broker'
import { linesByPartition, type ConsumerProcess } from '../../tools/shared/consumer-process'

/** Lines by partition, dealt out in turn. */
export function deal(lines: readonly string[], partitions: number): string[][] {
  return Array.from({ length: partitions }, (_, partition) =>
    lines.filter((_line, index) => index % partitions === partition),
  )
}

/** Real lines, each different from all others of this test: its name and a number stand in front. */
export function numberedLines(name: string, count: number, partitions: number): string[][] {
  return deal(
    realLines(count).map((line, index) => `${name} ${index} ${line}`),
    partitions,
  )
}

export async function produceAll(
  broker: Broker,
  topic: string,
  lines: readonly (readonly string[])[],
): Promise<void> {
  await Promise.all(lines.map((part, partition) => broker.produce(topic, partition, part)))
}

export async function createTopicWith(
  broker: Broker,
  topic: string,
  lines: readonly (readonly string[])[],
): Promise<void> {
  await broker.createTopic(topic, lines.length)
  await produceAll(broker, topic, lines)
}

/** Every line once, in order within its partition, and nothing else. */
export function assertReceived(
  consumer: ConsumerProcess,
  expected: readonly (readonly string[])[],
): void {
  const received = linesByPartition(consumer.records.messages, expected.length)
  assert.deepEqual(
    received.map(({ length }) => length),
    expected.map(({ length }) => length),
    'number of records by partition',
  )
  expected.forEach((lines, partition) => {
    const at = lines.findIndex((line, index) => line !== received[partition]?.[index])
    assert.equal(received[partition]?.[at], lines[at], `partition ${partition}, record ${at}`)
  })
}

/** The lines of several rounds of writing, by partition. */
export function joined(...rounds: readonly (readonly (readonly string[])[])[]): string[][] {
  const [first = []] = rounds
  return first.map((_, partition) => rounds.flatMap((round) => round[partition] ?? []))
}
