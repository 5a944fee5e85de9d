import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { createTopicWith, numberedLines, produceAll } from '../integration/lines'
import type { Broker } from '../../tools/shared/broker'
import { emulatorService } from '../../tools/shared/broker'
import { Database } from './support/database'
import { IS_FULL } from './support/full'
import { figures, megabytes } from './support/figures'
import { mostInFlight } from './support/in-flight'
import { Rig } from '../../tools/shared/integrity/rig'
import { assertIntegrity, total } from '../../tools/shared/integrity/judgement'
import { endedAfterAll } from '../support/suite'

const DOWN_MS = IS_FULL ? 5 * 60_000 : 15_000
const SAMPLES = IS_FULL ? 20 : 3
/** A record waits up to 60 s for its next attempt; the others of its shard come right behind it. */
const RECOVERED_MS = 120_000

const LOGSTORE = 'orders'
const SHARDS = 4
const BEFORE = 200
const DURING = 1_000

describe(`a database that is down for ${DOWN_MS / 1000} s`, function () {
  this.timeout(DOWN_MS + RECOVERED_MS + 60_000)
  const resources = endedAfterAll()
  let broker: Broker

  before(async () => {
    broker = await resources.started(emulatorService.start())
  })

  it('stores every record by itself once it is up', async () => {
    const before = numberedLines('before', BEFORE, SHARDS)
    const during = numberedLines('during', DURING, SHARDS)
    const all = [...before, ...during].flat()
    const database = await resources.started(Database.start())
    await createTopicWith(broker, LOGSTORE, before)
    const rig = await Rig.start(
      resources,
      broker,
      [
        {
          logstore: LOGSTORE,
          shards: SHARDS,
          settings: { commitInterval: 1_000 },
          work: (ids) => database.storing(ids),
        },
      ],
      { env: { NODE_OPTIONS: '--expose-gc' } },
    )
    await rig.hasFinished(BEFORE)

    await database.down()
    await produceAll(broker, LOGSTORE, during)
    const heap: number[] = [(await rig.memory()).heapUsed]
    for (let sample = 0; sample < SAMPLES; sample++) {
      await delay(DOWN_MS / SAMPLES)
      heap.push((await rig.memory()).heapUsed)
    }
    assert.equal(database.stored.size, BEFORE, 'the database was down')
    assert.ok(rig.flow.nacked.length > 0, 'records were given back')
    await database.up()
    const upAt = Date.now()
    await rig.until(
      'everything to be stored',
      () => all.every((line) => database.stored.has(line)),
      RECOVERED_MS,
    )
    const recoveredMs = Date.now() - upAt
    await rig.hasFinished(all.length)
    heap.push((await rig.memory()).heapUsed)
    assert.equal(await rig.stop(), 0, 'exit code of Node-RED')

    const totals = await assertIntegrity(broker, [rig.flow])
    const told = rig.flow.errors.filter(({ error }) => error?.source?.type === 'sls-kafka-in')
    assert.deepEqual(told, [], 'errors of the sls-kafka-in')
    assert.ok(mostInFlight(rig.flow) <= 100)
    figures(`database down for ${DOWN_MS / 1000} s`, {
      stored: database.stored.size,
      lost: totals.written - totals.finished,
      'attempts that failed': rig.flow.nacked.length,
      'sent again': total(totals.repeated),
      'everything stored after': `${(recoveredMs / 1000).toFixed(1)} s`,
      'heap at start, meanwhile, end': heap.map(megabytes).join(', '),
    })
  })
})
