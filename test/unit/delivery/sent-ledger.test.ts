import assert from 'node:assert/strict'
import { SentLedger } from '../../../lib/delivery/sent-ledger'

describe('delivery/sent-ledger', () => {
  function sentUpTo(offset: string, next: bigint): SentLedger {
    const ledger = new SentLedger()
    ledger.fetched(next)
    ledger.sent(offset)
    return ledger
  }

  it('holds a record back for a whole interval after it was sent', () => {
    const ledger = sentUpTo('41', 100n)
    assert.equal(ledger.due(), null)
    ledger.tick()
    assert.equal(ledger.due(), null, 'sent just before the first tick')
    ledger.sent('57')
    ledger.tick()
    assert.equal(ledger.due(), 42n, 'what was sent after the first tick waits for one more')
    ledger.tick()
    assert.equal(ledger.due(), 58n)
  })

  it('commits the offset after the last record sent, not after what was fetched', () => {
    const ledger = sentUpTo('41', 100n)
    ledger.tick()
    ledger.tick()
    assert.equal(ledger.due(), 42n)
  })

  it('steps over a gap at the end of a batch once everything is sent', () => {
    const ledger = sentUpTo('41', 100n)
    ledger.drained()
    ledger.tick()
    ledger.tick()
    assert.equal(ledger.due(), 100n)
  })

  it('has nothing due once it was committed', () => {
    const ledger = sentUpTo('41', 42n)
    ledger.tick()
    ledger.tick()
    ledger.committed(42n)
    assert.equal(ledger.due(), null)
    assert.equal(ledger.dueAtStop(), null)
    assert.equal(ledger.lastCommitted, 42n)
  })

  it('stays due until the commit succeeded', () => {
    const ledger = sentUpTo('41', 42n)
    ledger.tick()
    ledger.tick()
    assert.equal(ledger.due(), 42n)
    ledger.tick()
    assert.equal(ledger.due(), 42n)
  })

  it('commits everything sent at a clean stop', () => {
    assert.equal(sentUpTo('41', 100n).dueAtStop(), 42n)
    assert.equal(new SentLedger().dueAtStop(), null)
  })

  it('keeps offsets above 2^53 exact', () => {
    const ledger = sentUpTo('1700000005123456799', 1700000005123457000n)
    assert.equal(ledger.dueAtStop(), 1700000005123456800n)
  })

  it('goes back only when offsets begin anew', () => {
    const ledger = sentUpTo('41', 100n)
    ledger.tick()
    ledger.committed(60n)
    ledger.tick()
    assert.equal(ledger.due(), null)
    ledger.reset()
    assert.equal(ledger.dueAtStop(), null)
    ledger.fetched(5n)
    ledger.sent('4')
    assert.equal(ledger.dueAtStop(), 5n)
  })
})
