import assert from 'node:assert/strict'
import { setFindings } from '../../../../lib/kafka/hardening/fetched-records'
import * as nextOffset from '../../../../lib/kafka/hardening/next-offset'
import { kafkajsWith } from '../../../support/kafkajs-modules'

interface Batch {
  lastOffset(): string
  isEmpty(): boolean
  isEmptyDueToFiltering(): boolean
}

type BatchClass = new (topic: string, fetchedOffset: string, data: object) => Batch

const stock = kafkajsWith().load(nextOffset.file) as BatchClass
const fixed = kafkajsWith(nextOffset).load(nextOffset.file) as BatchClass

const FETCHED = 4_587_520_000_000_000_000n
const HIGH_WATERMARK = String(FETCHED + 500_000n)

/** @param offsets of its records @param end the last offset that it stands for */
function fetched(Batch: BatchClass, offsets: readonly bigint[], end: bigint | null): Batch {
  const messages = offsets.map((offset) => ({ offset: String(offset) }))
  if (end !== null) {
    setFindings(messages, { lastOffset: end, unreadable: null, isCutShort: false })
  }
  const data = { partition: 0, highWatermark: HIGH_WATERMARK, abortedTransactions: [], messages }
  return new Batch('t', String(FETCHED), data)
}

describe('kafka/hardening/next-offset', () => {
  const end = FETCHED + 131_071n

  it('stock: reads on after the last record, although the batch goes further', () => {
    const batch = fetched(stock, [FETCHED, FETCHED + 1n], end)
    assert.equal(batch.lastOffset(), String(FETCHED + 1n))
  })

  it('fixed: reads on after the batch', () => {
    const batch = fetched(fixed, [FETCHED, FETCHED + 1n], end)
    assert.equal(batch.lastOffset(), String(end))
  })

  it('stock: stays where it is at a batch without records', () => {
    assert.equal(fetched(stock, [], end).isEmptyDueToFiltering(), false)
  })

  it('fixed: moves on after it', () => {
    const batch = fetched(fixed, [], end)
    assert.equal(batch.isEmptyDueToFiltering(), true)
    assert.equal(batch.lastOffset(), String(end))
  })

  it('stock: skips an offset where the service sent only older records', () => {
    assert.equal(fetched(stock, [FETCHED - 2n], FETCHED - 2n).lastOffset(), String(FETCHED))
  })

  it('fixed: skips none', () => {
    const batch = fetched(fixed, [FETCHED - 2n], FETCHED - 2n)
    assert.equal(batch.lastOffset(), String(FETCHED - 1n))
    assert.equal(batch.isEmptyDueToFiltering(), false)
  })

  it('fixed: is at the end where nothing was sent', () => {
    assert.equal(fetched(fixed, [], null).isEmptyDueToFiltering(), false)
  })
})
