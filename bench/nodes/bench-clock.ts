import type { Node, NodeAPI, NodeDef } from 'node-red'
import { ageOf } from '../measure/stamp'

/** Notes how old each record is when it comes, and answers `GET /bench/ages` with all of them. */
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
