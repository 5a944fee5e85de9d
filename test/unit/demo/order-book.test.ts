import assert from 'node:assert/strict'
import { OrderBook, ON_ITS_WAY_MS } from '../../../tools/demo/orders/order-book'
import { orderNumber, placeOf } from '../../../tools/demo/orders/order-number'

const SHARDS = 2

describe('demo order book', () => {
  let now: number
  let book: OrderBook
  beforeEach(() => {
    now = 1_000_000
    book = new OrderBook(SHARDS, () => now)
  })

  const give = (count: number): string[] => Array.from({ length: count }, () => book.give())
  const later = (): void => {
    now += ON_ITS_WAY_MS
  }

  it('gives the shards orders in turn, numbered within each', () => {
    assert.deepEqual(give(4), ['SO0-000000', 'SO1-000000', 'SO0-000001', 'SO1-000001'])
  })

  it('misses nothing when everything received is stored', () => {
    for (const order of give(10)) {
      book.receive(order)
      book.store(order)
    }
    later()
    assert.deepEqual(book.counts(), {
      given: 10,
      received: 10,
      stored: 10,
      missing: 0,
      repeated: 0,
    })
  })

  it('does not miss an order that no node has read yet', () => {
    give(10)
    later()
    const { given, received, missing } = book.counts()
    assert.deepEqual({ given, received, missing }, { given: 10, received: 0, missing: 0 })
  })

  it('misses a received order only after the time that it may be on its way', () => {
    const [order = ''] = give(1)
    book.receive(order)
    now += ON_ITS_WAY_MS - 1
    assert.equal(book.counts().missing, 0)
    now += 1
    assert.equal(book.counts().missing, 1)
    book.receive(order) // it comes once more, and is not on its way again
    assert.equal(book.counts().missing, 1)
    book.store(order)
    assert.equal(book.counts().missing, 0)
  })

  it('counts an order once, however often it comes', () => {
    const [order = ''] = give(2)
    for (let time = 0; time < 3; time += 1) {
      book.receive(order)
      book.store(order)
    }
    later()
    const { received, stored, missing, repeated } = book.counts()
    assert.deepEqual(
      { received, stored, missing, repeated },
      { received: 1, stored: 1, missing: 0, repeated: 2 },
    )
  })

  it('does not let one order that came twice make up for another that did not come', () => {
    const [first = '', , lost = ''] = give(3)
    for (const order of [first, first, lost]) book.receive(order)
    book.store(first)
    book.store(first)
    later()
    assert.equal(book.counts().missing, 1)
  })

  it('misses an order that was skipped, once a later one of its shard has come', () => {
    const [first = '', , skipped = '', , last = ''] = give(5)
    for (const order of [first, last]) {
      book.receive(order)
      book.store(order)
    }
    later()
    assert.equal(book.counts().received, 3)
    assert.equal(book.counts().missing, 1)
    now += 3_600_000
    assert.equal(book.counts().missing, 1, 'forever')
    book.store(skipped)
    assert.equal(book.counts().missing, 0)
  })

  it('takes it that an order is stored before anybody tells that it was received', () => {
    const [order = ''] = give(1)
    book.store(order)
    book.receive(order)
    later()
    const { received, stored, missing, repeated } = book.counts()
    assert.deepEqual(
      { received, stored, missing, repeated },
      { received: 1, stored: 1, missing: 0, repeated: 0 },
    )
  })

  it('knows no order that was not given', () => {
    give(2)
    for (const order of ['', 'SO0-000001', 'SO2-000000', 'SO0-1', 'order 1']) {
      assert.equal(book.receive(order), false, order)
      assert.equal(book.store(order), false, order)
    }
    assert.equal(book.counts().received, 0)
  })
})

describe('demo order number', () => {
  it('tells the place of an order', () => {
    for (const place of [
      { shard: 0, index: 0 },
      { shard: 12, index: 999_999 },
      { shard: 3, index: 1_000_000 },
    ]) {
      assert.deepEqual(placeOf(orderNumber(place)), place)
    }
  })
})
