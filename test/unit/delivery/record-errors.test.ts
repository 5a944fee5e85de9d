import assert from 'node:assert/strict'
import type { FetchedRecord } from '../../../lib/kafka/log-source'
import type { Message } from '../../../lib/delivery/message'
import { reportOf } from '../../../lib/monitoring/report'
import { statusOf } from '../../../lib/monitoring/status'
import type { ConsumerSettings } from '../../../lib/config/consumer-options'
import { consumerRig, type ConsumerRig, type RigPorts } from '../../support/consumer-rig'
import { record } from '../../support/fake-source'
import { ack, report } from '../../support/reported-outcome'
import { RecordList } from '../../../lib/kafka/records/fetched-records'

const MODES = ['onSend', 'onAck'] as const
const BAD = 'bad'

function running(settings: ConsumerSettings, ports: RigPorts = {}): ConsumerRig {
  const rig = consumerRig({}, settings, ports)
  rig.consumer.start()
  rig.source().assign([0])
  return rig
}

/** Acknowledges all messages that are not acknowledged yet. */
function acknowledge({ sent }: ConsumerRig): void {
  for (const message of sent.splice(0)) {
    if (message.kafka.token !== undefined) ack(message)
  }
}

async function committedAtStop(rig: ConsumerRig): Promise<string | undefined> {
  acknowledge(rig)
  await rig.clock.settle()
  const closed = rig.consumer.close()
  await rig.clock.advance(10_000)
  await closed
  return rig.source().committed[0]
}

/** A record with a part that throws when it is read; no service sends this. */
function poisoned(offset: bigint, part: 'headers' | 'value'): FetchedRecord {
  const fail = (): never => {
    throw new Error(`no ${part}`)
  }
  if (part === 'headers') return Object.defineProperty(record(offset, BAD), part, { get: fail })
  return {
    ...record(offset, null),
    value: { length: 3, toString: fail, valueOf: fail } as unknown as Buffer,
  }
}

function throwIfBad({ payload }: Message): void {
  if ([payload].flat().includes(BAD)) throw new Error('too deep')
}

describe('an exception', () => {
  for (const commit of MODES) {
    describe(`with commit ${commit}`, () => {
      for (const part of ['headers', 'value'] as const) {
        it(`in the ${part} of a record is reported, and the next records continue`, async () => {
          const rig = running({ commit, format: 'text' })
          const records = new RecordList([record(10n, 'a'), poisoned(11n, part), record(12n, 'b')])
          rig.source().emit({ type: 'fetched', batch: { shard: 0, records, next: 13n } })
          await rig.clock.settle()
          assert.deepEqual(rig.payloads(), ['a', 'b'])
          assert.deepEqual(rig.recordErrors, ['SLS_SEND_FAILED 11'])
          assert.equal(await committedAtStop(rig), '13')
        })
      }

      it('in sending a record is reported, and the next records continue', async () => {
        const rig = running({ commit, format: 'text' }, { beforeSend: throwIfBad })
        rig.source().deliver(0, 10n, ['a', BAD, 'b'])
        await rig.clock.settle()
        assert.deepEqual(rig.payloads(), ['a', 'b'])
        assert.deepEqual(rig.recordErrors, ['SLS_SEND_FAILED 11'])
        assert.equal(await committedAtStop(rig), '13')
      })

      it('in sending a batch leaves out only the bad record', async () => {
        const settings = { commit, format: 'text', emit: 'batch', batchSize: 4 }
        const rig = running(settings, { beforeSend: throwIfBad })
        rig.source().deliver(0, 10n, ['a', BAD, 'b', 'c', 'd', 'e', 'f', 'g'])
        await rig.clock.settle()
        assert.deepEqual(rig.payloads(), [['a'], ['b'], ['c'], ['d', 'e', 'f', 'g']])
        assert.deepEqual(rig.recordErrors, ['SLS_SEND_FAILED 11'])
        assert.equal(await committedAtStop(rig), '18')
      })

      it('in the report of a record error is contained, and the record is done', async () => {
        const onRecordError = (): never => {
          throw new Error('no Catch node')
        }
        const rig = running({ commit, format: 'text' }, { beforeSend: throwIfBad, onRecordError })
        rig.source().deliver(0, 10n, ['a', BAD, 'b'])
        await rig.clock.settle()
        assert.deepEqual(rig.payloads(), ['a', 'b'])
        assert.deepEqual(rig.contained, ['Error: no Catch node'])
        assert.equal(await committedAtStop(rig), '13')
      })

      it('in the flow is a record error, whatever value the flow throws', async () => {
        const thrown = [null, undefined, 'text', Object.create(null), Symbol('s'), 7n]
        const rig = running(
          { commit, format: 'text' },
          {
            beforeSend: ({ offset }) => {
              throw thrown[Number(offset)]
            },
          },
        )
        const values = thrown.map(() => 'a')
        rig.source().deliver(0, 0n, values)
        await rig.clock.settle()
        assert.deepEqual(
          rig.recordErrors,
          thrown.map((_, index) => `SLS_SEND_FAILED ${index}`),
        )
        assert.equal(await committedAtStop(rig), '6')
      })

      it('in a listener does not end the consumer', async () => {
        const broken = (): never => {
          throw new Error('no log')
        }
        const rig = running(
          { commit, format: 'text' },
          { onStarted: broken, onJoined: broken, onStopped: broken },
        )
        rig.source().deliver(0, 10n, ['a'])
        await rig.clock.settle()
        assert.deepEqual(rig.payloads(), ['a'])
        assert.equal(await committedAtStop(rig), '11')
        assert.deepEqual(rig.contained, ['Error: no log', 'Error: no log', 'Error: no log'])
      })
    })
  }

  const ONCE = { commit: 'onAck', format: 'text', maxAttempts: 1, onExhausted: 'output' }

  function rejectAll({ sent, clock }: ConsumerRig): Promise<void> {
    for (const message of sent.splice(0)) {
      report([message], { kind: 'reject', reason: { text: 'no' } })
    }
    return clock.settle()
  }

  it('in sending a dead letter makes it go to output 2 without its content', async () => {
    const rig = running(ONCE, { beforeDeadLetter: throwIfBad })
    rig.source().deliver(0, 10n, [BAD, 'a'])
    await rig.clock.settle()
    await rejectAll(rig)
    assert.deepEqual(
      rig.deadLetters.map(({ offset, payload }) => [offset, payload]),
      [
        ['10', null],
        ['11', 'a'],
      ],
    )
    rig.sent.push(...rig.deadLetters)
    assert.equal(await committedAtStop(rig), '12')
  })

  it('in sending a dead letter twice is reported, and the record is done', async () => {
    const rig = running(ONCE, {
      beforeDeadLetter: ({ offset }) => {
        if (offset === '10') throw new Error('no output 2')
      },
    })
    rig.source().deliver(0, 10n, [BAD, 'a'])
    await rig.clock.settle()
    await rejectAll(rig)
    assert.deepEqual(rig.recordErrors, ['SLS_SEND_FAILED 10'])
    rig.sent.push(...rig.deadLetters)
    assert.equal(await committedAtStop(rig), '12')
  })

  it('in a Catch node makes the report go without the content', async () => {
    const reported: unknown[] = []
    const rig = running(
      { commit: 'onAck', format: 'text', onExhausted: 'skip' },
      {
        onRecordError: ({ code }, message) => {
          throwIfBad(message)
          reported.push([code, message.offset, message.payload])
        },
      },
    )
    rig.source().deliver(0, 10n, [BAD])
    await rig.clock.settle()
    await rejectAll(rig)
    assert.deepEqual(reported, [['SLS_REJECTED', '10', null]])
    assert.equal(await committedAtStop(rig), '11')
  })

  it('in a batch that is sent again leaves out only the bad record', async () => {
    let isBroken = false
    const settings = { commit: 'onAck', format: 'text', emit: 'batch', batchSize: 3 }
    const rig = running(settings, {
      beforeSend: (message) => {
        if (isBroken) throwIfBad(message)
      },
    })
    rig.source().deliver(0, 10n, ['a', BAD, 'b'])
    await rig.clock.settle()
    isBroken = true
    for (const message of rig.sent.splice(0)) {
      report([message], { kind: 'nack', reason: { text: 'no' } })
    }
    await rig.clock.advance(60_000)
    assert.deepEqual(
      rig.sent.map(({ payload, kafka }) => [payload, kafka.attempt]),
      [
        [['a'], 2],
        [['b'], 2],
      ],
    )
    assert.equal(rig.consumer.snapshot().inFlight, 2)
    rig.sent.pop()
    assert.equal(await committedAtStop(rig), '12', 'b was not acknowledged')
  })
})

describe('an exception that is no record’s error', () => {
  it('lets the scheduler continue a second later, and not at once', async () => {
    const rig = consumerRig({}, { format: 'text' })
    let throws = 0
    const now = rig.clock.now.bind(rig.clock)
    rig.consumer.start()
    rig.source().assign([0])
    await rig.clock.settle()
    rig.source().deliver(0, 10n, ['a'])
    rig.clock.now = () => {
      if (throws > 0) return now()
      throws++
      throw new Error('no time')
    }
    assert.throws(() => rig.clock.turn(), /no time/)
    await rig.clock.settle()
    assert.deepEqual(rig.payloads(), [])
    await rig.clock.advance(1_000)
    assert.deepEqual(rig.payloads(), ['a'])
    await rig.consumer.close()
  })
})

describe('an assignment of 200,000 shards', () => {
  const SHARDS = Array.from({ length: 200_000 }, (_, shard) => shard)

  for (const commit of MODES) {
    it(`can be reported and ended with commit ${commit}`, async function () {
      // The work is linear, but can take over 20 s on a busy machine.
      this.timeout(60_000)
      const rig = running({ commit, format: 'text' })
      rig.source().assign(SHARDS)
      rig.source().assign(SHARDS, { kept: new Set(SHARDS) })
      rig.source().deliver(199_999, 10n, ['a'])
      await rig.clock.settle()
      assert.deepEqual(rig.payloads(), ['a'])
      assert.equal(statusOf(rig.consumer.snapshot()).shards, SHARDS.length)
      assert.equal(reportOf(rig.consumer.snapshot()).shards.length, SHARDS.length)
      acknowledge(rig)
      await rig.consumer.close()
      assert.equal(rig.source().committed[199_999], '11')
    })
  }
})
