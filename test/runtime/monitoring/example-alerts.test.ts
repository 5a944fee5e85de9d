import assert from 'node:assert/strict'
import { Database } from '../../integrity/support/database'
import { startEmulator } from '../../../tools/emulator/process'
import { startNodeRed, startSink, type FlowNode } from '../../../tools/shared/node-red'
import { fillIn, listenedTo, readExample, type FilledIn } from '../support/example'
import { endedAfterAll } from '../../support/suite'

const LOGSTORE = 'shop-log'
const LOGS = 10
/** `SLS_RETRYING` and a delay of a minute, as example 17 has it; that example asks every 10 s. */
const OUTAGE_MS = 120_000
/** Milliseconds: attempts are 44 s, 89 s and 149 s after the first one. */
const RETRY_DELAY = '700'
/** Longer than the longest time between two attempts. */
const WAIT_MS = 90_000
/** Of example 06, whose 5 minutes would take the test as long. */
const LATE_SECONDS = '30'

describe('the alerts of the examples, while the database behind a flow is down', () => {
  const resources = endedAfterAll()

  it('of 06 report the delay and then the failure, those of 17 the delay, and both the recovery', async function () {
    this.timeout(OUTAGE_MS + 2 * WAIT_MS)
    const database = await resources.started(Database.start())
    const service = await resources.started(startEmulator({ logstores: { [LOGSTORE]: 1 } }))
    const sink = await resources.started(startSink())
    const nodeRed = await resources.started(startNodeRed())
    const status = storingExample('06', database, {
      ...{ service, logstore: LOGSTORE, group: 'status' },
      ...{ consumer: { name: 'A' }, variables: { LATE_SECONDS } },
    })
    const control = storingExample('17', database, {
      ...{ service, logstore: LOGSTORE, group: 'control', consumer: { name: 'B' } },
    })
    // All examples share their project.
    const others = control.filter(({ id }) => status.every((node) => node.id !== id))
    await nodeRed.deploy(listenedTo([...status, ...others], sink))
    const isTold = (text: string, timeoutMs: number, from = 0): Promise<unknown> =>
      sink.waitFor(({ sink: at, payload }) => at === 'alert' && payload === text, timeoutMs, from)
    await Promise.all([isTold('A reads', WAIT_MS), isTold('B reads in time', WAIT_MS)])

    await database.down()
    const logs = Array.from({ length: LOGS }, (_, index) => `log ${index}`)
    await service.append(LOGSTORE, logs)
    await Promise.all([
      isTold('A fails: SLS_RETRYING', OUTAGE_MS),
      isTold('B is more than 60 s late', OUTAGE_MS),
    ])
    const texts = sink.messages.map(({ payload }) => payload)
    assert.ok(texts.includes('A is late'), texts.join())
    const from = sink.messages.length
    await database.up()
    await Promise.all([isTold('A reads', WAIT_MS, from), isTold('B reads in time', WAIT_MS, from)])
  })
})

/** The example, whose logs go into the database and are acknowledged when they are stored. */
function storingExample(number: string, database: Database, filledIn: FilledIn): FlowNode[] {
  const id = (name: string): string => `store-${number}-${name}`
  const [first, ack, nack] = ['first', 'ack', 'nack'].map(id) as [string, string, string]
  const consumer = {
    ...{ startFrom: 'earliest', commit: 'onAck', retryDelay: RETRY_DELAY, wires: [[first]] },
    ...filledIn.consumer,
  }
  const example = fillIn(readExample(number), { ...filledIn, consumer })
  const onTab = { z: String(example.find(({ type }) => type === 'tab')?.id), x: 100, y: 500 }
  const outcomes = ['ack', 'nack'].map((action): FlowNode => {
    return { ...onTab, id: id(action), type: 'sls-kafka-ack', action, wires: [[]] }
  })
  return [...example, ...database.storing({ onTab, id, first, ack, nack }), ...outcomes]
}
