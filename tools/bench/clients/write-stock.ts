// Writes logs with the producer of kafkajs and all its defaults, in a process of its own. The first argument is the
// task as JSON; the output is JSON too.
import { readFileSync } from 'node:fs'
import { Kafka, logLevel } from 'kafkajs'
import { textsOf, timeWriting, writeRun } from './timed-writing'

async function main(): Promise<void> {
  const run = writeRun()
  const { port, caFile, user, password, logstore: topic } = run
  const kafka = new Kafka({
    brokers: [`localhost:${port}`],
    ssl: { ca: readFileSync(caFile, 'utf8') },
    sasl: { mechanism: 'plain', username: user, password },
    logLevel: logLevel.NOTHING,
  })
  const producer = kafka.producer()
  await producer.connect()
  const texts = textsOf(run)
  await producer.send({ topic, messages: [{ value: 'first' }] })
  await timeWriting(run, async () => {
    for (let written = 0; written < run.records; written += run.batch) {
      await producer.send({ topic, messages: texts.map((value) => ({ value })) })
    }
  })
}

main().catch((error: unknown) => {
  console.error(error)
  process.exit(1)
})
