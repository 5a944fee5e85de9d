// Runs consumers of kafkajs that have nothing to read, until standard input ends.
import { startStock } from './stock'
import type { Subscription } from './subscription'

async function run(subscriptions: readonly Subscription[]): Promise<void> {
  for (const subscription of subscriptions) await startStock(subscription, () => undefined)
}

process.stdin.resume().once('end', () => process.exit())

run(JSON.parse(process.argv[2] ?? '[]') as Subscription[]).catch((error: unknown) => {
  console.error(error)
  process.exit(1)
})
