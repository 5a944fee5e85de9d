import assert from 'node:assert/strict'
import { startEmulator } from '../../tools/emulator/process'
import { flowWith } from '../../tools/shared/flow'
import { startNodeRed, startSink } from '../../tools/shared/node-red'
import { endedAfterAll } from '../support/suite'

const LOGSTORE = 'access-log'
/** Node.js warns from the eleventh listener of one event on. */
const NODES = 30

describe('many nodes in one process', () => {
  const resources = endedAfterAll()

  it(`runs ${NODES} that read, and as many that cannot start, without a warning of Node.js`, async () => {
    // SLS lets a logstore have 15 groups.
    const logstores = Array.from({ length: NODES }, (_, index) => `${LOGSTORE}-${index}`)
    const service = await resources.started(
      startEmulator({ logstores: Object.fromEntries(logstores.map((name) => [name, 1])) }),
    )
    const sink = await resources.started(startSink())
    const flows = flowWith({ service, consumer: {}, records: sink, reports: sink })
    const model = flows.find(({ type }) => type === 'sls-kafka-in') ?? assert.fail('no model')
    const reading = logstores.map((logstore, index) => {
      return { ...model, id: `in-${index}`, logstore, group: 'g', startFrom: 'earliest' }
    })
    const broken = reading.map((node, index) => ({ ...node, id: `broken-${index}`, group: '' }))
    const rest = flows.filter((node) => node !== model)
    const all = [...rest, ...reading, ...broken]
    const nodeRed = await resources.started(startNodeRed({ flows: all }))
    const readOnEach = async (text: string): Promise<void> => {
      for (const logstore of logstores) await service.append(logstore, [`${text} ${logstore}`])
      for (const logstore of logstores) {
        await sink.waitFor(({ payload }) => payload === `${text} ${logstore}`)
      }
    }
    await readOnEach('one')
    await nodeRed.deploy(all)
    await readOnEach('two')
    assert.equal(await nodeRed.stop(), 0)
    const warnings = nodeRed.logs().filter((line) => line.includes('MaxListenersExceeded'))
    assert.deepEqual(warnings, [])
  })
})
