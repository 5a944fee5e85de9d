// Runs kafkajs in a process of its own. It measures the age of each record on arrival, and prints all ages as
// JSON when its standard input ends. The first argument is the subscription as JSON.
import { ageOf } from '../measure/stamp'
import { startStock } from './stock'
import type { Subscription } from './subscription'

const ages: number[] = []

process.stdin.resume().once('end', () => {
  process.stdout.write(JSON.stringify(ages), () => process.exit())
})

startStock(JSON.parse(process.argv[2] ?? '') as Subscription, ({ messages }, recordOf) => {
  for (const message of messages) ages.push(ageOf(recordOf(message).value ?? ''))
}).catch((error: unknown) => {
  console.error(error)
  process.exit(1)
})
