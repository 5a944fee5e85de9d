import type { Node, NodeAPI, NodeDef } from 'node-red'
import { reportTo } from '../report'

interface TestSinkDef extends NodeDef {
  /** TCP port on loopback where the test process listens (see ../sink). */
  port: number | string
}

/** A node that reports every message to the test process and passes it on. */
export default function testSink(RED: NodeAPI): void {
  RED.nodes.registerType('test-sink', function (this: Node, def: TestSinkDef) {
    RED.nodes.createNode(this, def)
    const report = reportTo(Number(def.port))
    this.on('input', (msg, send, done) => {
      report.add({ ...msg, sink: this.name, passedAt: Date.now() })
      send(msg)
      done()
    })
    this.on('close', (done: () => void) => {
      report.flush(done)
    })
  })
}
