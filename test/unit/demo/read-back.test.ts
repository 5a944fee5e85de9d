import assert from 'node:assert/strict'
import { orderNumber } from '../../../tools/demo/orders/order-number'
import { ReadBack, WRITTEN_WITHIN_MS } from '../../../tools/demo/orders/read-back'

describe('demo read back', () => {
  let now: number
  let orders: ReadBack
  beforeEach(() => {
    now = 0
    orders = new ReadBack(() => now)
  })

  const order = (index: number): string => orderNumber({ shard: 0, index })

  it('counts an order once, however often it is read back', () => {
    orders.expect(order(0))
    assert.equal(orders.receive(order(0)), true)
    assert.equal(orders.receive(order(0)), true)
    const counts = { readBack: 1, readBackMissing: 0, readBackTwice: 1 }
    assert.deepEqual(orders.counts(), counts)
  })

  it('shows an order as missing until it is read back', () => {
    orders.expect(order(0))
    now = WRITTEN_WITHIN_MS - 1
    assert.equal(orders.counts().readBackMissing, 0)
    now = WRITTEN_WITHIN_MS
    assert.equal(orders.counts().readBackMissing, 1)
    orders.receive(order(0))
    assert.equal(orders.counts().readBackMissing, 0)
  })

  it('refuses what is not the number of an order', () => {
    assert.equal(orders.receive('something'), false)
    assert.equal(orders.counts().readBackTwice, 0)
  })
})
