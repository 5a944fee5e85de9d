import assert from 'node:assert/strict'
import type { RecordMessage } from '../../../lib/delivery/message'
import { PartCounter, type Parts } from '../../../lib/delivery/part-counter'
import { AckRig } from '../../support/ack-rig'
import { consumerRig } from '../../support/consumer-rig'
import { nack, report } from '../../support/reported-outcome'

function part(id: string, index: number, count: number, outer: Parts | null = null): Parts {
  return { id, index, count, outer }
}

const [A, B, C] = [{ id: 'a' }, { id: 'b' }, { id: 'c' }]

describe('delivery/part-counter', () => {
  it('keeps nothing of a complete sequence', () => {
    const counter = new PartCounter<object>((record) => record)
    assert.deepEqual(counter.add(part('s', 1, 2), [A]), [])
    assert.deepEqual(counter.add(part('s', 0, 2), [A]), [A])
    assert.equal(counter.open, 0)
  })

  it('counts a part whose own record is done already', () => {
    const counter = new PartCounter<object>((record) => record)
    counter.add(part('x', 0, 2), [A])
    counter.add(part('y', 0, 2), [A])
    assert.deepEqual(counter.add(part('x', 1, 2), [B]), [A, B])
    counter.forget(A)
    counter.forget(B)
    assert.deepEqual(counter.add(part('y', 1, 2), [C]), [C])
  })

  it('keeps only the newest attempt of a record', () => {
    const counter = new PartCounter<{ readonly record: object; readonly attempt: number }>(
      ({ record }) => record,
    )
    counter.add(part('s', 0, 2), [{ record: A, attempt: 1 }])
    const complete = counter.add(part('s', 1, 2), [{ record: A, attempt: 2 }])
    assert.deepEqual(complete, [{ record: A, attempt: 2 }])
  })

  it('limits the sequences that no record waits for', () => {
    const counter = new PartCounter<object>((record) => record)
    counter.add(part('waited for', 0, 2), [A])
    for (let index = 0; index < 5_000; index++) counter.add(part(`s${index}`, 0, 2), [])
    assert.ok(counter.open <= 1_001, String(counter.open))
    assert.deepEqual(counter.add(part('waited for', 1, 2), [A]), [A])
  })
})

describe('delivery of records in parts', () => {
  const rig = new AckRig()

  function ackPart(message: RecordMessage, parts: Parts): void {
    report([message], { kind: 'ack', parts })
  }

  it('makes a record done when all its parts are done', async () => {
    await rig.start(['a'])
    for (const index of [0, 1, 1]) ackPart(rig.message(0), part('s', index, 3))
    assert.equal(rig.inFlight, 1)
    ackPart(rig.message(0), part('s', 2, 3))
    assert.equal(rig.inFlight, 0)
  })

  it('fails the whole record if one of its parts fails', async () => {
    await rig.start(['a'])
    ackPart(rig.message(0), part('s', 0, 2))
    nack(rig.message(0))
    await rig.clock.advance(60_000)
    assert.equal(rig.messages.length, 2)
    ackPart(rig.message(1), part('t', 0, 2))
    assert.equal(rig.inFlight, 1)
    ackPart(rig.message(1), part('t', 1, 2))
    assert.equal(rig.inFlight, 0)
  })

  it('completes a part of the outer sequence by all parts of an inner one', async () => {
    await rig.start(['a'])
    const outer = (index: number): Parts => part('outer', index, 2)
    ackPart(rig.message(0), part('x', 0, 2, outer(0)))
    ackPart(rig.message(0), part('x', 1, 2, outer(0)))
    ackPart(rig.message(0), part('y', 0, 2, outer(1)))
    assert.equal(rig.inFlight, 1)
    ackPart(rig.message(0), part('y', 1, 2, outer(1)))
    assert.equal(rig.inFlight, 0)
  })

  it('makes the parts of several consumers done together', async () => {
    await rig.start(['a'])
    const other = consumerRig({}, { commit: 'onAck' })
    other.consumer.start()
    other.source().assign([0])
    other.source().deliver(0, 10n, ['b'])
    await other.clock.settle()
    ackPart(rig.message(0), part('of both', 0, 2))
    for (const message of other.sent) ackPart(message, part('of both', 1, 2))
    assert.deepEqual([rig.inFlight, other.consumer.snapshot().inFlight], [0, 0])
    await other.consumer.close()
  })

  it('does not complete a sequence by a part of a failed attempt', async () => {
    await rig.start(['a'])
    ackPart(rig.message(0), part('one that failed', 1, 2))
    nack(rig.message(0))
    ackPart(rig.message(0), part('one that failed', 0, 2))
    assert.equal(rig.inFlight, 1)
  })

  it('makes records done together that are the parts of one sequence', async () => {
    await rig.start(['a', 'b'], {}, { shards: [0, 1] })
    rig.source.deliver(1, 10n, ['c'])
    await rig.clock.settle()
    rig.messages.forEach((message, index) => {
      assert.equal(rig.inFlight, 3)
      ackPart(message, part('batch', index, 3))
    })
    assert.equal(rig.inFlight, 0)
  })
})
