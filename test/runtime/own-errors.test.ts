import assert from 'node:assert/strict'
import { freePorts } from '../../tools/shared/apache-kafka/ports'
import { startEmulator } from '../../tools/emulator/process'
import { flowWith } from '../../tools/shared/flow'
import { startNodeRed, startSink, type FlowNode } from '../../tools/shared/node-red'
import { endedAfterAll } from '../support/suite'

const LOGSTORE = 'access-log'
const ON_TAB = { z: 'flow', x: 100, y: 100 }
/** Catch (all nodes) → nack, as the help advises for flows that fail. */
const NACK: FlowNode = {
  ...{ ...ON_TAB, id: 'nack', type: 'sls-kafka-ack', version: 1 },
  ...{ action: 'nack', token: 'kafka.token', tokenType: 'msg', wires: [['flow-errors']] },
}

describe('errors of the nodes themselves', () => {
  const resources = endedAfterAll()

  it('of a service that is down pass a nack behind Catch quietly, and a wrong wire is still reported', async () => {
    const service = await resources.started(startEmulator({ logstores: { [LOGSTORE]: 1 } }))
    const [port = 0] = await freePorts(1)
    const sink = await resources.started(startSink())
    const flows = flowWith({
      service: { ...service, port },
      consumer: { logstore: LOGSTORE, group: 'g', commit: 'onAck', wires: [['nack']] },
      records: sink,
      reports: sink,
    }).map((node) => (node.type === 'catch' ? { ...node, wires: [['nack']] } : node))
    const inject = {
      ...{ ...ON_TAB, id: 'inject', type: 'inject', topic: 'wrong wire', wires: [['nack']] },
      ...{ props: [{ p: 'topic', vt: 'str' }] },
    }
    const nodeRed = await resources.started(startNodeRed({ flows: [...flows, NACK, inject] }))
    const passed = await sink.waitFor(({ error }) => error?.source?.type === 'sls-kafka-in')
    assert.equal(passed.error?.code, 'SLS_UNREACHABLE')
    await nodeRed.inject('inject')
    const told = await sink.waitFor(({ error }) => error?.code === 'SLS_TOKEN_MISSING')
    assert.equal(told.topic, 'wrong wire')
    const codes = sink.messages.map(({ error }) => error?.code).filter((code) => code !== undefined)
    assert.deepEqual(codes, ['SLS_UNREACHABLE', 'SLS_TOKEN_MISSING'])
  })
})
