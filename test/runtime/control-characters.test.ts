import assert from 'node:assert/strict'
import { startEmulator } from '../../tools/emulator/process'
import { flowWith } from '../../tools/shared/flow'
import { startNodeRed, startSink, type FlowNode } from '../../tools/shared/node-red'
import { endedAfterAll } from '../support/suite'

const LOGSTORE = 'access-log'
const HOSTILE = 'x\r\n1 Jan 00:00:00 - [error] forged \u001b[31m \u202e'
const VISIBLE = String.raw`x\r\n1 Jan 00:00:00 - [error] forged \u001b[31m \u202e`

describe('control characters in what comes from outside', () => {
  const resources = endedAfterAll()

  it('are visible in the log, where they forge no line, and exact in messages', async () => {
    const service = await resources.started(startEmulator({ logstores: { [LOGSTORE]: 1 } }))
    const sink = await resources.started(startSink())
    const onTab = { z: 'flow', x: 100, y: 100 }
    const nack: FlowNode = {
      ...onTab,
      id: 'nack',
      type: 'sls-kafka-ack',
      action: 'msg',
      wires: [[]],
    }
    const change: FlowNode = {
      ...{ ...onTab, id: 'change', type: 'change', wires: [['nack']] },
      rules: [{ t: 'set', p: 'action', pt: 'msg', to: 'value', tot: 'msg' }],
    }
    const consumer = {
      ...{ logstore: LOGSTORE, group: 'g', startFrom: 'earliest', commit: 'onAck' },
      wires: [['flow-records', 'change']],
    }
    const flows = flowWith({ service, consumer, records: sink, reports: sink, hasCatch: false })
    const nodeRed = await resources.started(startNodeRed({ flows: [...flows, change, nack] }))
    await service.append(LOGSTORE, [HOSTILE])
    const { value, payload } = await sink.waitFor(({ topic }) => topic === LOGSTORE)
    assert.deepEqual([value, payload], [HOSTILE, HOSTILE])
    const line = await nodeRed.waitForLog('SLS_ACTION_UNKNOWN')
    assert.ok(line.includes(`"${VISIBLE}"`), JSON.stringify(line))
    await nodeRed.deploy([
      ...flows.map((node) =>
        node.type === 'sls-kafka-in' ? { ...node, group: 'other', format: 'json' } : node,
      ),
    ])
    const undecoded = await nodeRed.waitForLog('SLS_DECODE_FAILED')
    assert.ok(undecoded.includes(String.raw`\u202e`), JSON.stringify(undecoded))
    const raw = nodeRed.logs().filter((one) => /\u202e|^1 Jan|\u001b\[31m \S*\u202e/.test(one))
    assert.deepEqual(raw, [])
  })
})
