// Stock kafkajs in a process of its own, without Node-RED: reads so many records and makes of them what
// a flow would get in batches. Told in its first argument, as JSON; prints its result in the same way.
import type { Drained } from '../measure/drained'
import { startStock } from './stock'
import type { Subscription } from './subscription'

export interface StockRun extends Subscription {
  readonly records: number
  /** `json`: each value is parsed. */
  readonly format: 'text' | 'json'
}

/** Kept, so that the objects are really made. */
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
  // The process ends when this is written; the group is read by nobody else.
  process.stdout.write(JSON.stringify(drained), () => process.exit())
}).catch((error: unknown) => {
  console.error(error)
  process.exit(1)
})
