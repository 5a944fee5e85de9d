// Stock kafkajs in a process of its own: notes how old each record is when it comes, and prints all ages
// as JSON when its standard input ends. Told what to read in its first argument, as JSON.
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
