import assert from 'node:assert/strict'
import {
  decodeAssignment,
  decodeSubscription,
  encodeAssignment,
  encodeSubscription,
} from '../../../lib/kafka/group/group-protocol'

/** As the Java client writes it: version 0, two topics, empty user data. */
const SUBSCRIPTION = Buffer.from('0000' + '00000002' + '000161' + '00026262' + '00000000', 'hex')
const ASSIGNMENT = Buffer.from(
  '0000' + '00000001' + '000161' + '00000002' + '00000000' + '00000003' + '00000000',
  'hex',
)

describe('kafka/group-protocol', () => {
  it('writes and reads a subscription', () => {
    assert.deepEqual(encodeSubscription(['a', 'bb']), SUBSCRIPTION)
    assert.deepEqual(decodeSubscription(SUBSCRIPTION), ['a', 'bb'])
  })

  it('reads a subscription of a later version, which has more fields', () => {
    const later = Buffer.concat([Buffer.from([0, 3]), SUBSCRIPTION.subarray(2), Buffer.alloc(20)])
    assert.deepEqual(decodeSubscription(later), ['a', 'bb'])
  })

  it('reads null from whatever is no subscription', () => {
    for (const hex of [
      '',
      '00',
      '0000ffff',
      '000000000001ffff',
      'ffff00000000',
      '00007fffffff0001',
    ]) {
      assert.equal(decodeSubscription(Buffer.from(hex, 'hex')), null, hex)
    }
    for (let length = 0; length < SUBSCRIPTION.length - 4; length++) {
      assert.equal(decodeSubscription(SUBSCRIPTION.subarray(0, length)), null)
    }
  })

  it('writes and reads an assignment', () => {
    const byTopic = new Map([['a', [0, 3]]])
    assert.deepEqual(encodeAssignment(byTopic), ASSIGNMENT)
    assert.deepEqual(decodeAssignment(ASSIGNMENT), byTopic)
  })

  it('keeps topics whose names objects have by themselves', () => {
    const byTopic = new Map([
      ['__proto__', [1]],
      ['constructor', [2]],
    ])
    assert.deepEqual(decodeAssignment(encodeAssignment(byTopic)), byTopic)
  })

  it('reads an empty assignment', () => {
    assert.equal(decodeAssignment(Buffer.alloc(0)).size, 0)
    assert.equal(decodeAssignment(encodeAssignment(new Map())).size, 0)
  })

  it('carries 200,000 shards', () => {
    const shards = Array.from({ length: 200_000 }, (_, shard) => shard)
    const byTopic = new Map([['a', shards]])
    assert.deepEqual(decodeAssignment(encodeAssignment(byTopic)), byTopic)
  })

  it('fails for whatever is no assignment', () => {
    for (const hex of ['00', '0000', '00007fffffff', 'ffff00000000', '000000000001ffff']) {
      assert.throws(
        () => decodeAssignment(Buffer.from(hex, 'hex')),
        /assignment of the group leader cannot be read/,
        hex,
      )
    }
  })
})
