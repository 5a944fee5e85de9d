import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Database } from '../../integrity/support/database'
import { repositoryRoot } from '../../../tools/shared/repository'
import { ALERTS, LATE_SECONDS, MonitoringRig } from '../support/monitoring-rig'
import { endedAfterAll } from '../../support/suite'

const TAB = 'orders'
const LOGS = 60
const IN_FLIGHT = 20

describe('while the database behind a flow is down', () => {
  const resources = endedAfterAll()
  let watched: MonitoringRig
  let database: Database

  before(async () => {
    database = await resources.started(Database.start())
    const settings = { maxInFlight: String(IN_FLIGHT), retryDelay: '2000', maxAttempts: '0' }
    watched = await MonitoringRig.start(resources, [
      { tab: TAB, logstore: TAB, shards: 1, settings, work: (ids) => database.storing(ids) },
    ])
    await watched.emulator.append(TAB, ['first'])
    await watched.rig.hasFinished(1)
    await watched.caughtUp(TAB)
    await database.down()
    const logs = Array.from({ length: LOGS }, (_, index) => `log ${index}`)
    await watched.emulator.append(TAB, logs)
  })

  it('shows that records are tried again, with rate and delay, and when the next attempt is', async () => {
    const health = await watched.until(
      TAB,
      'records to be tried again',
      ({ attempts }) => attempts > 2,
    )
    assert.equal(health.inFlight, IN_FLIGHT)
    const { fill, text, ...status } = watched.status(TAB)
    assert.equal(fill, 'yellow')
    assert.match(String(text), /^[\d.]+\/s · \d+[sm] · ↻ \d+$/)
    assert.ok(Number(status['nextAttemptAt']) > Date.now() - 5_000, String(status['nextAttemptAt']))
  })

  it('lets delay and age grow from when records were first sent', async () => {
    const { delaySeconds, oldestSeconds, shards } = await watched.until(
      TAB,
      'a delay of more than a minute',
      (health) => health.delaySeconds > LATE_SECONDS,
    )
    assert.ok(oldestSeconds >= LATE_SECONDS - 1, `the oldest: ${oldestSeconds} s`)
    assert.ok(Math.abs(delaySeconds - oldestSeconds) <= 10, `${delaySeconds} and ${oldestSeconds}`)
    assert.equal(shards[0]?.delaySeconds, delaySeconds)
    assert.ok(await watched.isLate(TAB), 'the alert on the delay')
    assert.ok((await watched.history(TAB)).some((delay) => delay !== null && delay > 30))
  })

  it('is not ok once a record has failed for a minute, and reports that once in the log', async () => {
    const { ok, errors, lastError } = await watched.until(
      TAB,
      'SLS_RETRYING, which is reported with the next look at the flow',
      ({ code, errors }) => String(code) === 'SLS_RETRYING' && Object.keys(errors).length > 0,
    )
    assert.equal(ok, false)
    assert.ok(await watched.fails(TAB), 'the alert on failures')
    assert.deepEqual(
      [lastError?.code, errors],
      ['SLS_RETRYING', { SLS_RETRYING: 1 }],
      'it counts as other warnings do',
    )
    await watched.rig.until('the status', () => watched.status(TAB)['code'] === 'SLS_RETRYING')
    const lines = watched.rig.nodeRed.logs().filter((line) => line.includes('SLS_RETRYING'))
    assert.equal(lines.length, 1, lines.join('\n'))
    const caught = watched.rig.flow.errors.filter(({ error }) => error?.source?.id === `${TAB}-in`)
    assert.deepEqual(caught, [], 'at the Catch node')
  })

  it('is ok and without delay again when the database is up', async () => {
    await database.up()
    await watched.rig.hasFinished(LOGS + 1, 120_000)
    const { ok, code, oldestSeconds } = await watched.caughtUp(TAB)
    assert.deepEqual([ok, code, oldestSeconds], [true, null, 0])
    assert.deepEqual([await watched.isLate(TAB), await watched.fails(TAB)], [false, false])
  })

  it('is watched by the alerts of the documentation, in both languages', () => {
    for (const page of ['monitoring.md', 'monitoring.zh-CN.md']) {
      const text = readFileSync(join(repositoryRoot(), 'docs', page), 'utf8').replace(/\s+/g, ' ')
      for (const alert of ALERTS) assert.ok(text.includes(`${alert} `), `${page}: ${alert}`)
    }
  })
})
