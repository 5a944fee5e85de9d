import assert from 'node:assert/strict'
import { FINDINGS } from '../../lib/doctor/report'
import { startApacheKafka, type ApacheKafka } from '../../tools/shared/apache-kafka'
import { Doctor, linesOf } from '../support/doctor'
import { RunningConsumer } from '../support/running-consumer'
import { endedAfterAll } from '../support/suite'

const LOGSTORE = 'nginx-access'

describe('sls-kafka-doctor on Apache Kafka', () => {
  const resources = endedAfterAll()
  let kafka: ApacheKafka
  let doctor: Doctor

  before(async () => {
    kafka = await resources.started(startApacheKafka())
    doctor = await resources.started(Doctor.of(kafka))
    await kafka.createTopic(LOGSTORE, 2)
    const timestamp = Date.now() - 60_000
    const lines = ['one', 'two', 'three'].map((value, index) => {
      return { key: 'content', value, timestamp: String(timestamp + index) }
    })
    await kafka.produce(LOGSTORE, 0, lines)
  })

  it('reads, describes a group without joining it, and answers every question', async () => {
    const settings = { logstore: LOGSTORE, group: 'members', startFrom: 'earliest' }
    const consumer = new RunningConsumer(kafka, settings, 'the-member').start()
    resources.onEnd(() => consumer.close())
    await consumer.untilMessages(3)
    const members = await kafka.members('members')

    const run = await doctor.run(['--logstore', LOGSTORE, '--group', 'members'])
    assert.equal(run.code, 0, run.stdout + run.stderr)
    const lines = linesOf(run.stdout)
    // Only the name of a virtual topic has a filter.
    for (const finding of FINDINGS) assert.equal(lines.has(finding), finding !== 'filter', finding)
    assert.match(lines.get('record-format') ?? '', /format 2, compression none/)
    assert.match(lines.get('record-shape') ?? '', /of 3 records 3 have a key/)
    assert.match(lines.get('offsets-by-time') ?? '', /exactly the first record of that time/)
    assert.match(lines.get('long-poll') ?? '', /: honoured/)
    assert.match(lines.get('group') ?? '', /members: Stable, members: the-member/)
    assert.deepEqual(await kafka.members('members'), members)
  })

  it('stops at a wrong AccessKey and at a wrong logstore', async () => {
    const wrongKey = await doctor.run(['--logstore', LOGSTORE], { SLS_ACCESS_KEY_SECRET: 'wrong' })
    assert.equal(wrongKey.code, 1)
    assert.match(wrongKey.stdout, /✗ access-key .* SLS_AUTH_FAILED/)
    const wrongLogstore = await doctor.run(['--logstore', 'nginx-acces'])
    assert.equal(wrongLogstore.code, 1)
    assert.match(wrongLogstore.stdout, /✗ logstore .* SLS_LOGSTORE_NOT_FOUND/)
  })
})
