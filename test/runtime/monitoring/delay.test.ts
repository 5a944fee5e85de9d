import assert from 'node:assert/strict'
import type { FlowSetup } from '../../../tools/shared/integrity/flow'
import { functionNode, laterNode } from '../../../tools/shared/integrity/nodes'
import type { Settings } from '../../../tools/shared/consumer-process'
import { PROOF_SECONDS, MonitoringRig } from '../support/monitoring-rig'
import { endedAfterAll } from '../../support/suite'

const HOUR = 3_600
const DAY = 24 * HOUR
/** Longer than the time for which an answer without records proves that nothing waits. */
const SLOW_MS = (PROOF_SECONDS + 15) * 1_000
const GROWN_SECONDS = PROOF_SECONDS + 5
const MOST_IN_FLIGHT = 2

type Setup = Omit<FlowSetup, 'tab' | 'logstore' | 'shards'>

const onSend = (settings: Settings = {}): Setup => ({
  settings: { commit: 'onSend', ...settings },
  work: () => [],
})

const slow = (settings: Settings): Setup => ({
  settings,
  work: (ids) => [laterNode(ids, ids.first, SLOW_MS, [ids.ack])],
})

/** By the name of the tab and of the logstore, which has one shard. */
const SETUPS: Readonly<Record<string, Setup>> = {
  idle: onSend(),
  slow: slow({}),
  'slow-sent': slow({ commit: 'onSend' }),
  full: slow({ maxInFlight: String(MOST_IN_FLIGHT) }),
  limited: onSend({ maxRate: '1' }),
  paused: onSend(),
  standby: onSend(),
  stopped: {
    settings: { maxAttempts: '1', onExhausted: 'stop' },
    work: (ids) => [functionNode(ids, ids.first, 'return msg', [ids.reject])],
  },
  failing: onSend(),
  backlog: onSend({ maxRate: '1' }),
  'old-times': onSend({ maxRate: '1' }),
  'no-times': onSend({ maxRate: '1' }),
  'strange-times': onSend({ maxRate: '1' }),
}

const lines = (count: number): string[] => Array.from({ length: count }, (_, i) => `line ${i}`)

describe('the delay', () => {
  const resources = endedAfterAll()
  let watched: MonitoringRig

  before(async () => {
    const flows = Object.entries(SETUPS).map(([tab, setup]): FlowSetup => {
      return { ...setup, tab, logstore: tab, shards: 1 }
    })
    // The same group as `standby`, whose only shard one of both gets.
    const twin = { ...onSend(), tab: 'twin', logstore: 'standby', group: 'standby', shards: 1 }
    watched = await MonitoringRig.start(resources, [...flows, twin])
    const { emulator } = watched
    await emulator.append('backlog', lines(600), { time: Date.now() - HOUR * 1000 })
    await emulator.append('no-times', lines(600), { time: 0 })
    const caughtUp = Object.keys(SETUPS).filter((tab) => {
      return !['standby', 'backlog', 'no-times'].includes(tab)
    })
    await Promise.all(caughtUp.map((tab) => watched.caughtUp(tab)))
    await watched.press('paused', 'pause')
    await emulator.failRequests('LEADER_NOT_AVAILABLE', {
      api: 'Fetch',
      logstore: 'failing',
      shard: 0,
    })
    await emulator.append('slow', lines(3))
    await emulator.append('slow-sent', lines(3))
    await emulator.append('full', lines(20))
    await emulator.append('limited', lines(600))
    await emulator.append('stopped', lines(3))
    await emulator.append('old-times', lines(600), { time: Date.now() - DAY * 1000 })
    for (let index = 0; index < 200; index++) {
      const ahead = index % 2 === 0 ? -120 : DAY
      await emulator.append('strange-times', [`line ${index}`], { time: Date.now() + ahead * 1000 })
    }
  })

  const hasGrown = (tab: string): ReturnType<MonitoringRig['until']> =>
    watched.until(tab, 'the delay to grow', ({ delaySeconds }) => delaySeconds >= GROWN_SECONDS)

  it('is that of the oldest record that a slow flow has not done, and the status says so', async () => {
    const { ok, code, oldestSeconds, inFlight } = await hasGrown('slow')
    assert.deepEqual([ok, code, inFlight], [true, null, 3])
    assert.ok(oldestSeconds >= GROWN_SECONDS - 1, `the oldest: ${oldestSeconds} s`)
    const { fill, text } = watched.status('slow')
    assert.equal(fill, 'green')
    assert.match(String(text), /^3 in flight · \d+s$/)
  })

  it('knows nothing of the work of a flow that is not asked for acks', async () => {
    await hasGrown('slow')
    const { delaySeconds, oldestSeconds } = await watched.health('slow-sent')
    assert.deepEqual([delaySeconds, oldestSeconds], [0, 0])
  })

  it('grows while no more records may be in flight', async () => {
    const { ok, code, inFlight } = await hasGrown('full')
    assert.deepEqual([ok, code, inFlight], [true, null, MOST_IN_FLIGHT])
    assert.match(String(watched.status('full').text), /^2 in flight · \d+s$/)
  })

  it('grows while Max rate holds records back', async () => {
    const { ok, code } = await hasGrown('limited')
    assert.deepEqual([ok, code], [true, null])
  })

  it('grows in a pause, which is ok and no alert, and ends with it', async () => {
    const { ok, code, isPaused } = await watched.until(
      'paused',
      'a delay of more than a minute',
      ({ delaySeconds }) => delaySeconds > 60,
    )
    assert.deepEqual([ok, code, isPaused], [true, null, true])
    assert.ok((await watched.delaySamples('paused')).every((delay) => delay > 60))
    assert.equal(await watched.isLate('paused'), false)
    await watched.press('paused', 'resume')
    await watched.caughtUp('paused')
  })

  it('grows while a record stops its shard', async () => {
    const { ok, code } = await hasGrown('stopped')
    assert.deepEqual([ok, code], [false, 'SLS_REJECTED'])
  })

  it('grows while the service refuses a shard', async () => {
    const { ok, code, shards } = await hasGrown('failing')
    assert.deepEqual(
      [ok, code, shards[0]?.stopped],
      [false, 'SLS_SERVICE_ERROR', 'SLS_SERVICE_ERROR'],
    )
  })

  it('is the age of the newest record at a first start with a backlog', async () => {
    const { ok, delaySeconds } = await watched.health('backlog')
    assert.equal(ok, true)
    assert.ok(delaySeconds >= HOUR && delaySeconds < HOUR + 300, `${delaySeconds} s`)
  })

  it('is the time since all was read, however old the records are that came since', async () => {
    const { ok, delaySeconds } = await hasGrown('old-times')
    assert.equal(ok, true)
    assert.ok(delaySeconds < HOUR, `${delaySeconds} s`)
  })

  it('is the time since the start where records tell no time', async () => {
    const { delaySeconds } = await hasGrown('no-times')
    assert.ok(delaySeconds < HOUR, `${delaySeconds} s`)
  })

  it('takes no notice of records from the future', async () => {
    await hasGrown('strange-times')
    const delays: number[] = []
    await watched.until('strange-times', 'both kinds of records', ({ delaySeconds }) => {
      delays.push(delaySeconds)
      return delays.length >= 100
    })
    const leap = delays.some((delay, index) => index > 0 && delay < (delays[index - 1] ?? 0) - 1)
    assert.ok(!leap, delays.join(' '))
  })

  it('is nothing for a node that stands by, which has no sample and no place in the plot', async () => {
    const both = await Promise.all(['standby', 'twin'].map((tab) => watched.health(tab)))
    const idle = both.find(({ shards }) => shards.length === 0) ?? assert.fail('both read')
    assert.deepEqual([idle.ok, idle.delaySeconds], [true, 0])
    assert.deepEqual(await watched.delaySamples(idle.flow), [])
    assert.ok((await watched.history(idle.flow)).slice(-3).every((delay) => delay === null))
  })

  it('is nothing of an idle logstore, however long nothing is written', async () => {
    const { ok, delaySeconds } = await watched.health('idle')
    assert.deepEqual([ok, delaySeconds], [true, 0])
    assert.equal(watched.status('idle').text, 'sls-kafka-in.status.waiting')
    // Until the first fetch is answered, the delay is the time since the start.
    const history = await watched.history('idle')
    assert.deepEqual(new Set(history.slice(history.indexOf(0))), new Set([0]))
  })
})
