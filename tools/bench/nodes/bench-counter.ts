import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Node, NodeAPI, NodeDef } from 'node-red'
import type { Drained } from '../measure/drained'

interface BenchCounterDef extends NodeDef {
  /** The number of records to wait for. */
  records: number
}

/** The finest resolution of the timer that measures the delay of the event loop, in milliseconds. */
const RESOLUTION_MS = 1
const NANOSECONDS = 1e6

/**
 * Counts the records in the messages that pass, and answers `GET /bench/drained` when all have: one of
 * these to a process.
 */
export default function benchCounter(RED: NodeAPI): void {
  const lateness = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  let report: (drained: Drained) => void = () => undefined
  const drained = new Promise<Drained>((resolve) => {
    report = resolve
  })
  RED.httpAdmin.get('/bench/drained', (_request, response) => {
    void drained.then((result) => response.json(result))
  })

  RED.nodes.registerType('bench-counter', function (this: Node, def: BenchCounterDef) {
    RED.nodes.createNode(this, def)
    const { records } = def
    let passed = 0
    let start = 0
    let cpu = process.cpuUsage()
    this.on('input', (message: { payload?: unknown; records?: unknown }, send, done) => {
      if (passed === 0) {
        lateness.enable()
        start = performance.now()
        cpu = process.cpuUsage()
      }
      passed += Array.isArray(message.records) ? message.records.length : 1
      if (passed === records) {
        const seconds = (performance.now() - start) / 1000
        const { user, system } = process.cpuUsage(cpu)
        lateness.disable()
        report({
          recordsPerSecond: records / seconds,
          cpuSeconds: (user + system) / 1e6,
          lateMs: lateness.percentile(99) / NANOSECONDS - RESOLUTION_MS,
        })
      }
      send(message)
      done()
    })
  })
}
