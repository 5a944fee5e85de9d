import type { Node, NodeAPI, NodeDef } from 'node-red'
import { ageOf } from '../measure/stamp'

/** Measures the age of each record on arrival; `GET /bench/ages` returns all ages. */
export default function benchClock(RED: NodeAPI): void {
  const ages: number[] = []
  RED.httpAdmin.get('/bench/ages', (_request, response) => {
    response.json(ages)
  })
  RED.nodes.registerType('bench-clock', function (this: Node, def: NodeDef) {
    RED.nodes.createNode(this, def)
    this.on('input', ({ payload }, _send, done) => {
      ages.push(ageOf(String(payload)))
      done()
    })
  })
}
