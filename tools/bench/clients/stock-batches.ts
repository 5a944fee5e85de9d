// Runs kafkajs in a process of its own, without Node-RED. It reads a number of records and makes the message
// batches that a flow would get. The first argument is the task as JSON; the output is JSON too.
import type { Drained } from '../measure/drained'
import { startStock } from './stock'
import type { Subscription } from './subscription'

export interface StockRun extends Subscription {
  readonly records: number
  /** `json`: each value is parsed. */
  readonly format: 'text' | 'json'
}

/** Keeps the last batch, so that the compiler cannot leave out the objects. */
export let sink: unknown = null

const { records: wanted, format, ...subscription } = JSON.parse(process.argv[2] ?? '') as StockRun
let received = 0
let start = 0
let cpu = process.cpuUsage()

startStock(subscription, ({ topic, partition, messages }, recordOf) => {
  if (received === 0) {
    start = performance.now()
    cpu = process.cpuUsage()
  }
  const records = messages.map(recordOf)
  const payload = records.map(({ value }) =>
    format === 'json' ? (JSON.parse(value ?? '') as unknown) : value,
  )
  sink = { topic, partition, payload, records }
  received += payload.length
  if (received < wanted) return
  const seconds = (performance.now() - start) / 1000
  const { user, system } = process.cpuUsage(cpu)
  const drained: Drained = {
    recordsPerSecond: received / seconds,
    cpuSeconds: (user + system) / 1e6,
    lateMs: null,
  }
  // The process can end without leaving, because no other member is in the group.
  process.stdout.write(JSON.stringify(drained), () => process.exit())
}).catch((error: unknown) => {
  console.error(error)
  process.exit(1)
})
