import type { Node, NodeAPI, NodeDef } from 'node-red'
import { startStock } from '../clients/stock'
import type { Subscription } from '../clients/subscription'

/** The minimal node, made for speed alone: kafkajs, eachBatch and a loop of `send`. */
export default function benchMinimalIn(RED: NodeAPI): void {
  RED.nodes.registerType('bench-minimal-in', function (this: Node, def: NodeDef & Subscription) {
    RED.nodes.createNode(this, def)
    startStock(def, ({ topic, partition, messages }, recordOf) => {
      for (const message of messages) {
        const record = recordOf(message)
        this.send({ topic, partition, payload: record.value, ...record })
      }
    }).catch((error: unknown) => {
      this.error(String(error))
    })
  })
}
