import { setTimeout as delay } from 'node:timers/promises'
import type { Case } from '../case'
import { ackNode, functionNode, ourFlow } from '../measure/flow'
import { joined } from '../measure/joined'
import { TEXT_200 } from '../measure/logs'
import { withNodeRed } from '../measure/node-red'
import { residentBytes } from '../measure/process'

const BACKLOG = 1_000_000
const SHARDS = 4
const LOOKS = 40
const LOOK_MS = 250
const SETTLE_MS = 5_000
const MEBIBYTE = 1_048_576

/** Measures memory while a flow needs a second for each record of a backlog that does not fit into memory. */
export const memory: Case = {
  name: 'memory',
  kind: 'usual',
  rounds: 3,
  rows: [
    {
      title: 'onAck, slow flow before 1 million records: memory over idle',
      unit: 'MiB',
      wanted: { most: 64 },
    },
  ],
  async start(bench) {
    const endpoint = await bench.endpoint()
    const full = await endpoint.logstore(TEXT_200, BACKLOG, SHARDS)
    await endpoint.service.createLogstore('empty', SHARDS)
    const resident = (logstore: string): Promise<number> => {
      const group = endpoint.group()
      const flow = [
        ...ourFlow({ endpoint, consumer: { logstore, group, commit: 'onAck' }, target: 'slow' }),
        functionNode('slow', 'setTimeout(() => { node.send(msg); node.done() }, 1000)', 'ack'),
        ackNode('ack'),
      ]
      return withNodeRed(flow, async ({ pid }) => {
        await joined(endpoint, [group])
        await delay(SETTLE_MS)
        return mostResident(pid)
      })
    }
    return async () => {
      const idle = await resident('empty')
      return [{ ours: ((await resident(full)) - idle) / MEBIBYTE, reference: null }]
    }
  },
}

async function mostResident(pid: number): Promise<number> {
  let most = 0
  for (let look = 0; look < LOOKS; look++) {
    most = Math.max(most, residentBytes(pid))
    await delay(LOOK_MS)
  }
  return most
}
