import { Kafka, logLevel } from 'kafkajs'
import type { RunningEmulator } from '../../../tools/emulator/process'
import { RunningConsumer } from '../../support/running-consumer'

/** Groups of a logstore that were used once and have a position; SLS keeps them until they are deleted. */
export async function useGroups(
  emulator: RunningEmulator,
  logstore: string,
  groups: readonly string[],
): Promise<void> {
  await Promise.all(
    groups.map(async (group) => {
      const consumer = new RunningConsumer(
        emulator,
        { logstore, group, startFrom: 'latest' },
        group,
      )
      await consumer.start().untilJoined()
      await consumer.close()
    }),
  )
}

/** Deletes groups as Alibaba describes it, with a Kafka admin client. */
export async function deleteGroups(
  emulator: RunningEmulator,
  groups: readonly string[],
): Promise<void> {
  const { port, ca, project, accessKeyId, accessKeySecret } = emulator
  const admin = new Kafka({
    brokers: [`localhost:${port}`],
    ssl: { ca },
    sasl: { mechanism: 'plain', username: project, password: `${accessKeyId}#${accessKeySecret}` },
    logLevel: logLevel.NOTHING,
  }).admin()
  await admin.connect()
  await admin.deleteGroups([...groups])
  await admin.disconnect()
}
