import assert from 'node:assert/strict'
import { createTopicWith } from '../integration/lines'
import { emulatorService, type Broker } from '../../tools/shared/broker'
import { codeNode, coreNode, csv } from '../../tools/shared/integrity/flow-case'
import type { Ids } from '../../tools/shared/integrity/flow'
import { startRig } from '../../tools/shared/integrity/rig'
import { endedAfterAll } from '../support/suite'

const LOGSTORE = 'rows'
/** In each, the second row of each part takes much longer than the first. */
const RECORDS = ['1,a\n9,b;1,c\n9,d', '1,e\n9,f;1,g', '1,h\n9,i;1,j\n9,k']
const SETTINGS = { commitInterval: '100', sessionTimeout: '6000' }

const splitAt = (text: string): ReturnType<typeof coreNode> =>
  coreNode('split', { splt: text, spltType: 'str', arraySplt: 1, stream: false })

/** Takes longer for the second row of a part, and says so with the first. */
const work = codeNode(`
  const isLate = msg.payload.col1 === 9
  setTimeout(() => node.send(msg), isLate ? 20000 : 10)`)

describe('kill -9 between the rows that CSV makes of the parts of a Split', () => {
  const resources = endedAfterAll()
  let broker: Broker

  before(async () => {
    broker = await resources.started(emulatorService.start())
  })

  it('commits no record of which a row is not done, so that each comes again', async () => {
    await createTopicWith(broker, LOGSTORE, [RECORDS])
    const rig = await startRig(resources, broker, {
      logstore: LOGSTORE,
      shards: 1,
      settings: SETTINGS,
      work: (ids: Ids) => [
        splitAt(';')(ids, ids.first, [ids.id('csv')]),
        csv(ids, ids.id('csv'), [ids.id('work')]),
        work(ids, ids.id('work'), [ids.ack]),
      ],
    })
    const { flow } = rig
    const rows = (): unknown[] => flow.acked.map(({ payload }) => payload)
    // The first row of each part has passed the ack node, and what follows is far from done.
    await rig.until('the first rows', () => rows().length >= 6)
    await rig.until('an error that says why', () =>
      flow.errors.some(({ error }) => error?.code === 'SLS_PARTS_UNCOUNTED'),
    )
    await rig.until('a status that shows them in flight', () =>
      flow.statuses.some(({ status }) => status?.['inFlight'] === RECORDS.length),
    )
    await rig.kill()
    assert.ok(rows().length < 11, 'rows are not done')
    const [first] = flow.records
    const commits = await broker.commits(flow.group, LOGSTORE)
    const beyond = commits.filter(({ offset }) => BigInt(offset) > BigInt(first?.offset ?? 0))
    assert.deepEqual(beyond, [])

    await rig.restart()
    await rig.until('every record to come again', () =>
      [...flow.timesSent.values()].every((times) => times === 2),
    )
    assert.equal(flow.timesSent.size, RECORDS.length)
  })
})
