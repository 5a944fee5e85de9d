import assert from 'node:assert/strict'
import { gzipSync } from 'node:zlib'
import { FetcherRig, largeBatch } from '../../support/fetcher-rig'
import { batchAround, encodeRecord } from '../../support/record-sets'

const MIB = 1_048_576

/** Some 200 KiB that unpack to 40 MiB: more than what is read of one response. */
function beyondTheBudget(offset: bigint): Buffer {
  return Buffer.concat(
    [0n, 1n].map((delta) => {
      const values = encodeRecord({ value: Buffer.alloc(20 * MIB, 'x') })
      const incompressible = encodeRecord({ delta: 1, value: randomLooking(100_000) })
      const records = gzipSync(Buffer.concat([values, incompressible]), { level: 1 })
      return batchAround(offset + 2n * delta, records, { codec: 1, count: 2 })
    }),
  )
}

/** Bytes that no codec makes smaller, the same each time. */
function randomLooking(size: number): Buffer {
  let state = 1
  return Buffer.from(
    Array.from({ length: size }, () => {
      state = (state * 48_271) % 2_147_483_647
      return state & 0xff
    }),
  )
}

describe('kafka/fetch-loop: a fetch that is sent ahead', () => {
  let rig: FetcherRig
  /** Whether the next fetch was under way when a batch was delivered. */
  let wasAhead: boolean[]

  beforeEach(async () => {
    rig = await FetcherRig.start()
    wasAhead = []
    rig.onEvent = ({ type }) => {
      if (type === 'fetched') wasAhead.push(rig.isFetching(1))
    }
  })

  afterEach(() => rig.end())

  /** Codecs unpack in threads of their own. */
  async function told(count: number): Promise<void> {
    while (rig.told.length < count || !rig.isFetching(1)) await rig.settle()
  }

  it('begins where a large response ends, before that is delivered', async () => {
    await rig.assign({ 0: 10n, 1: 20n })
    await rig.fetchTo(1).answer({ 0: largeBatch(10n) })
    assert.deepEqual(rig.told, ['fetched 0: 10 next 11', 'caught up 1'])
    assert.deepEqual(wasAhead, [true])
    assert.deepEqual(
      [...rig.fetchTo(1).from],
      [
        [1, 20n],
        [0, 11n],
      ],
      'the shard that was served comes last',
    )
    await rig.fetchTo(1).answer({ 0: largeBatch(11n) })
    assert.deepEqual(rig.told.slice(2), ['caught up 1', 'fetched 0: 11 next 12'])
  })

  it('waits for a small response to be delivered', async () => {
    await rig.assign({ 0: 10n })
    await rig.fetchTo(1).answer({ 0: 10n })
    assert.deepEqual(wasAhead, [false])
    assert.deepEqual([...rig.fetchTo(1).from], [[0, 11n]])
  })

  it('is answered soon where nothing more is there: a shard can be paused meanwhile', async () => {
    await rig.assign({ 0: 10n })
    await rig.fetchTo(1).answer({ 0: largeBatch(10n) })
    assert.equal(rig.fetchTo(1).maxWaitMs, 100)
  })

  it('leaves out a shard that the response refuses', async () => {
    await rig.assign({ 0: 10n, 1: 20n })
    await rig.fetchTo(1).answer({ 0: largeBatch(10n), 1: 6 })
    assert.deepEqual([...rig.fetchTo(1).from], [[0, 11n]])
  })

  it('is kept for a shard that the response before it has paused, and delivered at the resume', async () => {
    await rig.assign({ 0: 10n })
    rig.onEvent = ({ type }) => {
      if (type === 'fetched') rig.fetcher.pause(0)
    }
    await rig.fetchTo(1).answer({ 0: largeBatch(10n) })
    await rig.fetchTo(1).answer({ 0: largeBatch(11n) })
    assert.deepEqual(rig.told, ['fetched 0: 10 next 11'])
    assert.equal(rig.isFetching(1), false, 'two responses at most')
    rig.fetcher.resume(0)
    assert.deepEqual(rig.told.slice(1), ['fetched 0: 11 next 12'])
    rig.fetcher.resume(0)
    await rig.settle()
    assert.deepEqual([...rig.fetchTo(1).from], [[0, 12n]])
  })

  it('is not sent while a response is kept for any shard: two of a broker are in memory at most', async () => {
    await rig.assign({ 0: 10n, 1: 20n })
    rig.onEvent = (event) => {
      if (event.type === 'fetched' && event.batch.shard === 0) rig.fetcher.pause(0)
      if (event.type === 'fetched' && event.batch.shard === 1) wasAhead.push(rig.isFetching(1))
    }
    await rig.fetchTo(1).answer({ 0: largeBatch(10n), 1: largeBatch(20n) })
    await rig.fetchTo(1).answer({ 0: largeBatch(11n), 1: largeBatch(21n) })
    await rig.fetchTo(1).answer({ 1: largeBatch(22n) })
    await rig.fetchTo(1).answer({ 1: largeBatch(23n) })
    assert.deepEqual(wasAhead, [true, true, false, false])
    rig.fetcher.resume(0)
    await rig.settle()
    await rig.fetchTo(1).answer({ 1: largeBatch(24n) })
    assert.equal(wasAhead.at(-1), true)
  })

  it('is thrown away by a seek', async () => {
    await rig.assign({ 0: 10n })
    await rig.fetchTo(1).answer({ 0: largeBatch(10n) })
    rig.fetcher.seek(0, 10n)
    await rig.fetchTo(1).answer({ 0: largeBatch(11n) })
    assert.deepEqual(rig.told, ['fetched 0: 10 next 11'])
    assert.deepEqual([...rig.fetchTo(1).from], [[0, 10n]])
  })

  it('is thrown away for a shard that another member has owned meanwhile', async () => {
    await rig.assign({ 0: 10n })
    await rig.fetchTo(1).answer({ 0: largeBatch(10n) })
    await rig.assign({ 0: 5n })
    await rig.fetchTo(1).answer({ 0: largeBatch(11n) })
    assert.deepEqual(rig.told, ['fetched 0: 10 next 11'])
    assert.deepEqual([...rig.fetchTo(1).from], [[0, 5n]])
  })

  it('is kept in a rebalance for a shard that stays', async () => {
    await rig.assign({ 0: 10n })
    await rig.fetchTo(1).answer({ 0: largeBatch(10n) })
    rig.fetcher.suspendDelivery()
    await rig.fetchTo(1).answer({ 0: largeBatch(11n) })
    assert.equal(rig.told.length, 1)
    rig.fetcher.assign([0], new Set([0]))
    rig.fetcher.resumeDelivery()
    assert.deepEqual(rig.told.slice(1), ['fetched 0: 11 next 12'])
  })

  it('is thrown away when the shard has another leader', async () => {
    await rig.assign({ 0: 10n, 2: 30n })
    await rig.fetchTo(1).answer({ 0: largeBatch(10n) })
    rig.lead({ 0: 2, 1: 1, 2: 2 })
    const refreshed = rig.directory.refresh()
    await rig.advance(1_000)
    await refreshed
    rig.fetcher.resumeDelivery()
    await rig.fetchTo(1).answer({ 0: largeBatch(11n) })
    assert.deepEqual(rig.told, ['fetched 0: 10 next 11'])
    assert.equal(rig.isFetching(1), false)
  })

  it('is thrown away after a batch that cannot be read', async () => {
    await rig.assign({ 0: 10n })
    const unreadable = batchAround(11n, Buffer.alloc(10, 0xff))
    await rig.fetchTo(1).answer({ 0: Buffer.concat([largeBatch(10n), unreadable]) })
    assert.deepEqual([...rig.fetchTo(1).from], [[0, 12n]])
    await rig.fetchTo(1).answer({ 0: largeBatch(12n) })
    assert.deepEqual(rig.told, ['fetched 0: 10 next 11'])
    await rig.fetchTo(1).answer({ 0: unreadable })
    assert.deepEqual(rig.told.slice(1), ['failed 0: SLS_BATCH_UNREADABLE 11 to 11'])
  })

  it('is thrown away where a response is not read to its end, and is not sent after the next one', async () => {
    await rig.assign({ 0: 10n })
    await rig.fetchTo(1).answer({ 0: beyondTheBudget(10n) })
    assert.deepEqual([...rig.fetchTo(1).from], [[0, 14n]])
    await told(1)
    assert.deepEqual(rig.told, ['fetched 0: 10 11 next 12'])
    await rig.fetchTo(1).answer({ 0: largeBatch(14n) })
    assert.equal(rig.told.length, 1)
    assert.deepEqual([...rig.fetchTo(1).from], [[0, 12n]])
    wasAhead = []
    await rig.fetchTo(1).answer({ 0: beyondTheBudget(12n) })
    await told(2)
    assert.deepEqual(wasAhead, [false])
    await rig.fetchTo(1).answer({ 0: largeBatch(14n) })
    await rig.fetchTo(1).answer({ 0: largeBatch(15n) })
    assert.deepEqual(
      wasAhead,
      [false, false, true],
      'sent ahead again once responses are read whole',
    )
    assert.equal(rig.told.at(-1), 'fetched 0: 15 next 16')
  })

  it('is slow only if its own bytes are, however long the response before it is read', async () => {
    await rig.assign({ 0: 10n })
    await rig.fetchTo(1).answer({ 0: beyondTheBudget(10n) })
    const { maxBytes } = rig.fetchTo(1)
    await rig.fetchTo(1).answer({ 0: largeBatch(14n, 3 * MIB) })
    await rig.clock.advance(6_000)
    await told(1)
    assert.equal(rig.fetchTo(1).maxBytes, maxBytes)
  })

  it('is not sent after a response that is refused as a whole', async () => {
    await rig.assign({ 0: 10n })
    await rig.fetchTo(1).answer({ 0: largeBatch(10n) }, 70)
    assert.equal(rig.isFetching(1), false)
    assert.deepEqual(rig.told, ['trouble FETCH_SESSION_ID_NOT_FOUND'])
    await rig.advance(1_000)
    assert.deepEqual([...rig.fetchTo(1).from], [[0, 10n]])
  })

  it('is repeated from the position when its connection breaks', async () => {
    await rig.assign({ 0: 10n })
    await rig.fetchTo(1).answer({ 0: largeBatch(10n) })
    await rig.fetchTo(1).fail(new Error('broken'))
    assert.deepEqual(rig.told, ['fetched 0: 10 next 11', 'trouble broken'])
    await rig.advance(1_000)
    assert.deepEqual([...rig.fetchTo(1).from], [[0, 11n]])
  })
})
