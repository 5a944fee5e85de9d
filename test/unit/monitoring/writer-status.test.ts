import assert from 'node:assert/strict'
import { writerStatusOf, type WriterStatus } from '../../../lib/monitoring/writer-status'
import { numbered, WriterRig } from '../../support/writer-rig'

/** Error codes of Kafka. */
const TOPIC_AUTHORIZATION_FAILED = 29
const POLICY_VIOLATION = 44
const KAFKA_STORAGE_ERROR = 56

function statusOf({ writer }: WriterRig): WriterStatus {
  return writerStatusOf([writer.snapshot()])
}

/** The different statuses of so many seconds, in which a log arrives each second. */
async function statusesOf(rig: WriterRig, seconds: number): Promise<string[]> {
  const seen: string[] = []
  for (let second = 0; second < seconds; second++) {
    void rig.writer.write(`in second ${second}`)
    await rig.clock.advance(1_000)
    const { fill, shape, text } = statusOf(rig)
    const shown = `${fill} ${shape} ${text.replace(/^[\d.k]+$/, 'buffered')}`
    if (seen.at(-1) !== shown) seen.push(shown)
  }
  return seen
}

function assertNeverGreen(statuses: readonly string[]): void {
  assert.deepEqual(
    statuses.filter((one) => one.startsWith('green')),
    [],
    statuses.join(', '),
  )
}

describe('status of a writer', () => {
  it('is green while logs are written, and while there is nothing to write', async () => {
    const rig = await new WriterRig().start()
    assert.deepEqual(await statusesOf(rig, 3), [
      'green dot 0.1/s',
      'green dot 0.2/s',
      'green dot 0.3/s',
    ])
    await rig.clock.advance(20_000)
    const { fill, text, state } = statusOf(rig)
    assert.deepEqual([fill, text, state], ['green', 'sls-kafka-out.status.ready', 'ready'])
    await rig.close()
  })

  for (const [what, code, end] of [
    ['may not write', TOPIC_AUTHORIZATION_FAILED, 'access-key-refused'],
    ['gets no log stored', KAFKA_STORAGE_ERROR, 'service-error'],
    ['is refused by every shard', POLICY_VIOLATION, 'service-error'],
  ] as const) {
    it(`is never green after the first response while the writer ${what}`, async () => {
      const rig = await new WriterRig().start()
      await rig.write(numbered(8))
      rig.judge = () => code
      const statuses = await statusesOf(rig, 60)
      assertNeverGreen(statuses)
      assert.equal(statuses.at(-1), `red ring sls-kafka-out.status.${end}`)
      rig.judge = () => 0
      await rig.clock.advance(70_000)
      assert.equal(statusOf(rig).fill, 'green', 'written again')
      await rig.close()
    })
  }

  it('has no error code while a shard refuses logs for good and others store them', async () => {
    const rig = await new WriterRig().start()
    rig.judge = (shard) => (shard === 0 ? POLICY_VIOLATION : 0)
    const texts = new Set<string>()
    for (let second = 0; second < 180; second++) {
      assert.equal((await rig.write(`in second ${second}`)).error, null)
      await rig.clock.advance(1_000)
      const { code, text } = statusOf(rig)
      assert.equal(code, undefined, `${text} in second ${second}`)
      texts.add(text)
    }
    assert.ok(texts.has('sls-kafka-out.status.shard-refuses'))
    await rig.close()
  })

  it('is never green in an outage, and red once it has lasted', async () => {
    const rig = await new WriterRig().start()
    await rig.write(numbered(8))
    rig.cluster.on('Produce', () =>
      Promise.reject(Object.assign(new Error('reset'), { code: 'ECONNRESET' })),
    )
    const statuses = await statusesOf(rig, 60)
    assertNeverGreen(statuses)
    assert.equal(statuses.at(-1), 'red ring sls-kafka-out.status.unreachable')
    await rig.close()
  })

  it('is not green for more than 30 s of an outage while there is nothing to write', async () => {
    const rig = await new WriterRig().start()
    rig.cluster.metadataFailure = Object.assign(new Error('reset'), { code: 'ECONNRESET' })
    await rig.clock.advance(30_000)
    for (let second = 30; second < 120; second++) {
      assert.notEqual(statusOf(rig).fill, 'green', `in second ${second}`)
      await rig.clock.advance(1_000)
    }
    assert.equal(statusOf(rig).text, 'sls-kafka-out.status.unreachable')
    rig.cluster.metadataFailure = null
    await rig.clock.advance(20_000)
    assert.equal(statusOf(rig).fill, 'green', 'it is over')
    await rig.close()
  })

  it('is not green once the service has sent no response for ten seconds', async () => {
    const rig = await new WriterRig().start()
    await rig.write(numbered(8))
    rig.isHeld = true
    const [before, after] = [await statusesOf(rig, 11), await statusesOf(rig, 60)]
    assert.equal(before[0], 'green dot 0.8/s')
    assertNeverGreen(after)
    assert.deepEqual(after, ['yellow dot buffered'])
    await rig.answerAll()
    await rig.close()
  })

  it('is red while the buffer is full, whether the service responds or not', async () => {
    for (const isHeld of [true, false]) {
      const rig = await new WriterRig({ bufferRecords: '5' }).start()
      await rig.write('first')
      rig.isHeld = isHeld
      rig.judge = () => KAFKA_STORAGE_ERROR
      void rig.writer.write(numbered(5))
      await rig.clock.settle()
      const { fill, text, code } = statusOf(rig)
      assert.deepEqual(
        [fill, text, code],
        ['red', 'sls-kafka-out.status.buffer-full', 'SLS_BUFFER_FULL'],
      )
      assertNeverGreen(await statusesOf(rig, 60))
      await rig.answerAll()
      await rig.close()
    }
  })

  it('says for ten seconds that the buffer is full after it refused a log for which it has no room', async () => {
    const rig = await new WriterRig({ bufferBytes: '1048576' }).start()
    rig.isHeld = true
    void rig.writer.write('x'.repeat(1_000_000))
    await rig.clock.settle()
    void rig.writer.write('y'.repeat(50_000))
    const full = ['red', 'sls-kafka-out.status.buffer-full', 'SLS_BUFFER_FULL']
    const shown = (): unknown[] => {
      const { fill, text, code } = statusOf(rig)
      return [fill, text, code]
    }
    assert.deepEqual(shown(), full)
    await rig.answerAll()
    await rig.clock.advance(9_000)
    assert.deepEqual(shown(), full)
    await rig.clock.advance(1_000)
    assert.equal(statusOf(rig).fill, 'green')
    await rig.close()
  })

  it('has the newest error of several logstores, also after the wall clock was put back', async () => {
    const [first, second] = [await new WriterRig().start(), await new WriterRig().start()]
    const lastOf = (): string | undefined =>
      writerStatusOf([first.writer.snapshot(), second.writer.snapshot()]).lastError?.code
    for (const { clock } of [first, second]) await clock.advance(1_000)
    await first.write('', 'no time')
    assert.equal(lastOf(), 'SLS_RECORD_INVALID')
    for (const { clock } of [first, second]) {
      clock.shiftWallTime(-3_600_000)
      await clock.advance(1_000)
    }
    await second.write('x'.repeat(2_000_000))
    assert.equal(lastOf(), 'SLS_RECORD_TOO_LARGE')
    await first.close()
    await second.close()
  })

  it('is that of the worst of several logstores', async () => {
    const [good, bad] = [await new WriterRig().start(), await new WriterRig().start()]
    bad.judge = () => TOPIC_AUTHORIZATION_FAILED
    await good.write('a')
    void bad.writer.write('b')
    await bad.clock.settle()
    const status = writerStatusOf([good.writer.snapshot(), bad.writer.snapshot()])
    assert.deepEqual([status.fill, status.code], ['red', 'SLS_AUTH_FAILED'])
    assert.equal(status.written, 1)
    await good.close()
    await bad.close()
  })
})
