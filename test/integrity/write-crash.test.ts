import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { startEmulator } from '../../tools/emulator/process'
import { brokerOf, type Broker } from '../../tools/shared/broker'
import type { SinkMessage } from '../../tools/shared/node-red'
import { functionNode, writerNode } from '../../tools/shared/integrity/nodes'
import { keyOf } from '../../tools/shared/integrity/acked'
import { assertIntegrity } from '../../tools/shared/integrity/judgement'
import { startRig } from '../../tools/shared/integrity/rig'
import { Random } from '../../tools/shared/random'
import { recordsOf } from '../../tools/shared/topic-records'
import { createTopicWith, numberedLines } from '../integration/lines'
import { endedAfterAll } from '../support/suite'
import { figures } from './support/figures'
import { inFull } from './support/full'
import { storedIn } from './support/stored'

const SOURCE = 'source'
const TARGET = 'target'
const SHARDS = 4
const KILLS = inFull(20, 3)
const RECORDS = KILLS * 800
/** The service has stored a batch for this time before the client learns of it. */
const LATE_MS = 50
const MAX_IN_FLIGHT = 100
/** Records of a shard that can be sent and not committed. */
const WINDOW = 1_000
const SEED = 7
/** The text that the flow writes begins with the shard and the offset of its record. */
const NAME_RECORD = `msg.payload = msg.partition + ':' + msg.offset + ' ' + msg.payload; return msg`

describe(`${KILLS} times kill -9 of a flow that writes what it reads`, function () {
  this.timeout(600_000)
  const resources = endedAfterAll()

  it('loses no record, and commits none that is not stored', async () => {
    const emulator = await resources.started(startEmulator({ logstores: { [TARGET]: SHARDS } }))
    const broker = brokerOf(emulator)
    await createTopicWith(broker, SOURCE, numberedLines(SOURCE, RECORDS, SHARDS))
    await emulator.delayAnswers(LATE_MS, { api: 'Produce' })
    const rig = await startRig(resources, broker, {
      logstore: SOURCE,
      shards: SHARDS,
      settings: { commitInterval: 500, sessionTimeout: 6_000, maxInFlight: MAX_IN_FLIGHT },
      work: (ids) => [
        functionNode(ids, ids.first, NAME_RECORD, [ids.id('out')]),
        writerNode(ids, ids.id('out'), { logstore: TARGET }, [ids.ack]),
      ],
    })
    const random = new Random(SEED)
    const all = await keysOf(broker)
    const repeatable: number[] = []
    for (let kill = 0; kill < KILLS; kill++) {
      const before = rig.flow.acked.length
      await rig.until('written records', () => rig.flow.acked.length > before)
      await delay(random.between(0, 1_500))
      await rig.kill()
      const standing = await standingOf(broker, rig.flow.group, all)
      assert.deepEqual(standing.premature, [], 'committed and not stored')
      const unstored = rig.flow.acked.map(recordKey).filter((key) => !standing.stored.has(key))
      assert.deepEqual(unstored, [], 'passed on and not stored')
      repeatable.push(standing.repeatable)
      await rig.restart()
    }
    await rig.hasCommitted(RECORDS)
    assert.equal(await rig.stop(), 0, 'exit code of Node-RED')

    const { commits } = await assertIntegrity(broker, [rig.flow])
    const stored = (await storedIn(broker, TARGET)).map(keyOfText)
    const isStored = new Set(stored)
    const lost = all.filter((key) => !isStored.has(key))
    const repeated = stored.length - isStored.size
    figures(`${KILLS} times kill -9 of read, write, ack`, {
      ...{ records: RECORDS, stored: isStored.size, lost: lost.length, repeated, commits },
      'stored and not committed at each kill': repeatable,
    })
    assert.deepEqual(lost, [])
    assert.ok(repeated > 0, 'a kill came between a response and its commit')
    assert.ok(repeated <= repeatable.reduce((sum, count) => sum + count, 0))
    for (const count of repeatable) assert.ok(count <= SHARDS * WINDOW, `${count} at once`)
  })
})

interface Standing {
  readonly stored: ReadonlySet<string>
  /** Records that a commit covers and that are not stored. */
  readonly premature: readonly string[]
  /** Records that are stored, and that are read again because no commit covers them. */
  readonly repeatable: number
}

/** Compares what the group has committed with what the other logstore holds. */
async function standingOf(
  broker: Broker,
  group: string,
  all: readonly string[],
): Promise<Standing> {
  const committed = await broker.committed(group, SOURCE)
  const stored = new Set((await storedIn(broker, TARGET)).map(keyOfText))
  const isCovered = (key: string): boolean => {
    const [shard = '', offset = ''] = key.split(':')
    return BigInt(offset) < BigInt(committed[Number(shard)] ?? 0)
  }
  return {
    stored,
    premature: all.filter((key) => isCovered(key) && !stored.has(key)),
    repeatable: [...stored].filter((key) => !isCovered(key)).length,
  }
}

async function keysOf(broker: Broker): Promise<string[]> {
  const records = await recordsOf(broker, SOURCE, await broker.endOffsets(SOURCE))
  return records.map(({ partition, message }) => keyOf(partition, message.offset))
}

function keyOfText(text: string): string {
  return text.split(' ', 1)[0] ?? ''
}

function recordKey({ partition = -1, offset = '' }: SinkMessage): string {
  return keyOf(partition, offset)
}
