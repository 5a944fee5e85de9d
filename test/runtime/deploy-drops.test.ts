import assert from 'node:assert/strict'
import { startEmulator } from '../../tools/emulator/process'
import { startNodeRed, startSink, type FlowNode } from '../../tools/shared/node-red'
import { fillIn, listenedTo, readExample } from './support/example'
import { endedAfterEach } from '../support/suite'

const LOGSTORE = 'shop-log'
const WAIT_MS = 40_000
/** More than may be in flight in the example, 20. */
const LOGS = 25
/** So many a second that none but the first passes before the deploy. */
const SLOW = { rate: '1', nbRateUnits: '30' }
const QUICK = { rate: '100', nbRateUnits: '1' }

describe('a deploy of modified nodes that restarts a Delay, and not the reader', () => {
  const resources = endedAfterEach()

  it('sends again what the Delay held, until all is done, and says so once', async () => {
    const service = await resources.started(startEmulator({ logstores: { [LOGSTORE]: 1 } }))
    const sink = await resources.started(startSink())
    const nodeRed = await resources.started(startNodeRed())
    // What is deployed leaves its group while the service still listens.
    resources.onEnd(() => nodeRed.deploy([]))
    const filledIn = { service, logstore: LOGSTORE, group: 'g' }
    const consumer = { startFrom: 'earliest', commitInterval: '100' }
    const example = fillIn(readExample('14'), { ...filledIn, consumer })
    const tab = example.find(({ type }) => type === 'tab')?.id
    const onTab = { z: tab, x: 1, y: 1 }
    const flows: FlowNode[] = [
      ...listenedTo(withDelay(example, SLOW), sink, ['service']),
      { ...onTab, id: 'status', type: 'status', scope: null, wires: [['statuses']] },
      {
        ...onTab,
        id: 'statuses',
        type: 'test-sink',
        name: 'statuses',
        port: sink.port,
        wires: [[]],
      },
    ]
    await service.append(
      LOGSTORE,
      Array.from({ length: LOGS }, (_, index) => `line ${String(index)}`),
    )
    await nodeRed.deploy(flows)
    // The first one passes the Delay at once; 20 more wait in it.
    await sink.waitFor(({ status }) => status?.['inFlight'] === 20, WAIT_MS)
    const first = sink.messages.filter((message) => message.sink === 'service')
    assert.equal(first.length, 1)

    // Credentials that are deployed again would change their nodes, and so restart the reader.
    const changed = withDelay(flows, QUICK).map(({ credentials: _kept, ...node }) => node)
    await nodeRed.deploy(changed, 'nodes')
    const line = await nodeRed.waitForLog(/sent again/, WAIT_MS)
    assert.match(line, /20 records/)

    const served = new Map<unknown, unknown>()
    await sink.waitFor((message) => {
      if (message.sink === 'service') served.set(message.value, message.kafka?.['attempt'])
      return served.size === LOGS
    }, WAIT_MS)
    await sink.waitFor(
      ({ status }) => status?.fill === 'green' && status['inFlight'] === 0 && served.size === LOGS,
      WAIT_MS,
    )
    const attempts = [...served.values()]
    assert.equal(attempts.filter((attempt) => attempt === 2).length, 20)
    assert.equal(attempts.filter((attempt) => attempt === 1).length, LOGS - 20)
    assert.equal(nodeRed.logs().filter((text) => text.includes('sent again')).length, 1)
    assert.equal(nodeRed.logs().filter((text) => text.includes('joined group')).length, 1)
  })

  function withDelay(
    nodes: readonly FlowNode[],
    settings: Readonly<Record<string, unknown>>,
  ): FlowNode[] {
    return nodes.map((node) => (node.type === 'delay' ? { ...node, ...settings } : node))
  }
})
