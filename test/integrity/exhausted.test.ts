import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { createTopicWith, numberedLines, produceAll } from '../integration/lines'
import type { Broker } from '../../tools/shared/broker'
import { emulatorService } from '../../tools/shared/broker'
import type { SinkMessage } from '../../tools/shared/node-red'
import { figures } from './support/figures'
import type { FlowSetup, Ids } from '../../tools/shared/integrity/flow'
import { functionNode } from '../../tools/shared/integrity/nodes'
import { startRig } from '../../tools/shared/integrity/rig'
import { assertIntegrity } from '../../tools/shared/integrity/judgement'
import { endedAfterEach } from '../support/suite'

const SHARDS = 3
const RECORDS = 60
const BAD_SHARD = 1
const BAD_LINE = 5
const SETTINGS = {
  commitInterval: 500,
  maxAttempts: 2,
  retryDelay: 100,
  sessionTimeout: 6_000,
}

/** What a flow does with the record that it cannot work on; changes take effect with a deploy. */
interface Mood {
  accepts: boolean
}

/** Gives the bad record back, or accepts it. */
function fussy({ accepts }: Mood, ids: Ids) {
  const code = accepts
    ? 'return [msg, null]'
    : "return msg.payload.includes('bad') ? [null, msg] : [msg, null]"
  return functionNode(ids, ids.first, code, [ids.ack], [ids.nack])
}

/** Lines by shard; one of them is bad. */
function linesWithBad(name: string): string[][] {
  const lines = numberedLines(name, RECORDS, SHARDS)
  return lines.map((part, shard) =>
    part.map((line, index) => (shard === BAD_SHARD && index === BAD_LINE ? `bad ${line}` : line)),
  )
}

function isBad({ payload }: SinkMessage): boolean {
  return String(payload).startsWith('bad')
}

describe('an exhausted record', () => {
  const resources = endedAfterEach()
  let broker: Broker

  beforeEach(async () => {
    broker = await resources.started(emulatorService.start())
  })

  it('stops its shard with onExhausted stop, and is tried again after a redeploy and a crash', async () => {
    const mood: Mood = { accepts: false }
    const logstore = 'stopping'
    const setup: FlowSetup = {
      logstore,
      shards: SHARDS,
      settings: { ...SETTINGS, onExhausted: 'stop' },
      work: (ids) => [fussy(mood, ids)],
    }
    await createTopicWith(broker, logstore, linesWithBad(logstore))
    const rig = await startRig(resources, broker, setup)
    const { flow } = rig
    const tries = (): SinkMessage[] => flow.records.filter(isBad)
    const othersOnly = (RECORDS / SHARDS) * (SHARDS - 1)
    const stopsAgain = (times: number): Promise<void> =>
      rig.until(`${times} stops`, () => {
        const stops = flow.errors.filter(({ error }) => error?.code === 'SLS_ATTEMPTS_EXHAUSTED')
        const last = flow.statuses.at(-1)?.status
        return stops.length === times && String(last?.['stoppedShards']) === String(BAD_SHARD)
      })

    await stopsAgain(1)
    const later = numberedLines('later', RECORDS, SHARDS)
    await produceAll(broker, logstore, later)
    const ends = await broker.endOffsets(logstore)
    await rig.until('the other shards to be committed', async () => {
      const committed = await broker.committed(flow.group, logstore)
      return committed.every((offset, shard) => shard === BAD_SHARD || offset === ends[shard])
    })
    const badOffset = tries()[0]?.offset
    const isUncommitted = async (): Promise<void> => {
      const commits = await broker.commits(flow.group, logstore)
      const ofBad = commits.filter(({ shard }) => shard === BAD_SHARD)
      const beyond = ofBad.filter(({ offset }) => BigInt(offset) > BigInt(badOffset ?? 0))
      assert.deepEqual(beyond, [], 'committed beyond the bad record')
    }
    await isUncommitted()
    assert.ok(flow.finished.size >= 2 * othersOnly, 'the other shards go on')
    assert.deepEqual(
      tries().map(({ kafka }) => kafka?.['attempt']),
      [1, 2],
    )

    await rig.redeploy('full')
    await stopsAgain(2)
    await rig.kill()
    await isUncommitted()
    await rig.restart()
    await stopsAgain(3)
    assert.deepEqual(
      tries().map(({ kafka }) => kafka?.['attempt']),
      [1, 2, 1, 2, 1, 2],
    )
    await isUncommitted()

    mood.accepts = true
    await rig.redeploy('full')
    await rig.hasCommitted(2 * RECORDS)
    assert.equal(await rig.stop(), 0, 'exit code of Node-RED')
    const { finished, commits } = await assertIntegrity(broker, [flow])
    figures('onExhausted stop', {
      finished,
      'attempts of the bad record': tries().length,
      commits,
    })
  })

  it('waits at the second output with onExhausted output, also over a crash, until it is acked', async () => {
    const mood: Mood = { accepts: false }
    const logstore = 'dead-letters'
    const setup: FlowSetup = {
      logstore,
      shards: SHARDS,
      settings: { ...SETTINGS, onExhausted: 'output' },
      work: (ids) => [
        fussy({ accepts: false }, ids),
        functionNode(ids, ids.second, mood.accepts ? 'return msg' : 'return null', [ids.ack]),
      ],
    }
    await createTopicWith(broker, logstore, linesWithBad(logstore))
    const rig = await startRig(resources, broker, setup)
    const { flow } = rig
    const goodOnes = RECORDS - 1
    await rig.hasFinished(goodOnes)
    await rig.until('a dead letter', () => flow.deadLetters.length === 1)
    // Several commit intervals in which a wrong commit would be made.
    await delay(4 * SETTINGS.commitInterval)
    await rig.kill()
    await assertIntegrity(broker, [flow], { isComplete: false })
    assert.equal(flow.finished.size, goodOnes)

    await rig.restart()
    await rig.until('the dead letter again', () => flow.deadLetters.length === 2)
    await delay(2 * SETTINGS.commitInterval)
    await assertIntegrity(broker, [flow], { isComplete: false })
    const [letter] = flow.deadLetters
    const sent = new Set(flow.records.map(({ kafka }) => kafka?.['token']))
    const { code } = letter?.kafka?.['error'] as { code: string }
    assert.equal(code, 'SLS_ATTEMPTS_EXHAUSTED')
    assert.ok(letter && isBad(letter))
    assert.ok(!sent.has(letter.kafka?.['token']), 'a token of its own')

    mood.accepts = true
    await rig.redeploy('full')
    await rig.hasCommitted(RECORDS)
    assert.equal(await rig.stop(), 0, 'exit code of Node-RED')
    const { finished, commits } = await assertIntegrity(broker, [flow])
    figures('onExhausted output', { finished, 'dead letters': flow.deadLetters.length, commits })
  })
})
