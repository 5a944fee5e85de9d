import assert from 'node:assert/strict'
import { FIRST_BROKER } from '../../support/fake-cluster'
import { FetcherRig } from '../../support/fetcher-rig'

describe('kafka/fetcher: failures', () => {
  let rig: FetcherRig

  beforeEach(async () => {
    rig = await FetcherRig.start()
  })

  afterEach(async () => {
    await rig.end()
  })

  describe('after a failure', () => {
    it('asks again after a backoff that grows, and reports each failure', async () => {
      await rig.assign({ 0: 10n })
      let attempts = 0
      await rig.fetchTo(1).fail(new Error('broken'))
      for (let tenths = 0; tenths < 100; tenths++) {
        await rig.advance(100)
        if (!rig.isFetching(1)) continue
        attempts++
        await rig.fetchTo(1).fail(new Error('broken'))
      }
      assert.ok(attempts >= 4 && attempts <= 6, `${attempts} attempts in 10 s`)
      assert.equal(rig.told.filter((line) => line === 'trouble broken').length, attempts + 1)
    })

    for (const errorCode of [-1, 7, 70, 71, 89, 999]) {
      it(`backs off when a whole response has the code ${errorCode}`, async () => {
        await rig.assign({ 0: 10n })
        await rig.fetchTo(1).answer({}, errorCode)
        assert.equal(rig.isFetching(1), false)
        assert.equal(rig.told.length, 1)
        assert.match(rig.told[0] ?? '', /^trouble /)
        await rig.advance(500)
        assert.deepEqual([...rig.fetchTo(1).from], [[0, 10n]])
      })
    }

    for (const errorCode of [34, 58]) {
      it(`ends all connections when the login holds no longer, by code ${errorCode}`, async () => {
        await rig.assign({ 0: 10n })
        await rig.fetchTo(1).answer({}, errorCode)
        assert.equal(rig.cluster.ended.length, 1)
      })
    }

    for (const errorCode of [29, 31]) {
      it(`rejects when the service refuses for good with code ${errorCode}`, async () => {
        await rig.assign({ 0: 10n, 2: 10n })
        const rejected = assert.rejects(rig.running, {
          name: 'BrokerError',
          api: 'Fetch',
          errorCode,
        })
        await rig
          .fetchTo(1)
          .answer(errorCode === 29 ? { 0: errorCode } : {}, errorCode === 29 ? 0 : 31)
        await rejected
      })
    }

    it('waits longer for the first byte after each failure', async () => {
      const connection = rig.cluster.fakeConnection(FIRST_BROKER, 'fetch')
      await rig.assign({ 0: 10n })
      const patience = [connection.lastWaitMs - rig.fetchTo(1).maxWaitMs]
      for (let failure = 0; failure < 3; failure++) {
        await rig.fetchTo(1).fail(new Error('silent'))
        await rig.advance(3_000)
        patience.push(connection.lastWaitMs - rig.fetchTo(1).maxWaitMs)
      }
      assert.deepEqual(patience, [0, 10_000, 30_000, 30_000])
      await rig.fetchTo(1).answer({})
      assert.equal(connection.lastWaitMs - rig.fetchTo(1).maxWaitMs, 0)
    })
  })

  describe('when leaders move', () => {
    it('looks for them at once, and goes on at the new one', async () => {
      await rig.assign({ 0: 10n })
      rig.lead({ 0: 2 })
      await rig.advance(1_000)
      await rig.fetchTo(1).answer({ 0: 6 })
      await rig.advance(500)
      assert.deepEqual([...rig.fetchTo(2).from], [[0, 10n]])
      assert.equal(rig.isFetching(1), false)
    })

    it('throws away what the former leader sends, and never asks both', async () => {
      await rig.assign({ 0: 10n, 1: 20n })
      const former = rig.fetchTo(1)
      rig.lead({ 0: 2, 1: 1 })
      await rig.advance(10_000)
      await rig.fetchTo(2).answer({ 0: 10n })
      await former.answer({ 0: 10n })
      assert.deepEqual(rig.told, ['fetched 0: 10 next 11', 'caught up 1'])
      assert.deepEqual([...rig.fetchTo(1).from.keys()], [1])
      assert.deepEqual([...rig.fetchTo(2).from], [[0, 11n]])
    })

    it('asks the former leader for nothing if its connection is made too late', async () => {
      let connected: () => void = () => undefined
      const isConnected = new Promise<void>((resolve) => {
        connected = resolve
      })
      const connection = rig.cluster.connection.bind(rig.cluster)
      rig.cluster.connection = async (broker, purpose) => {
        if (broker.nodeId === FIRST_BROKER.nodeId) await isConnected
        return connection(broker, purpose)
      }
      await rig.assign({ 0: 10n })
      rig.lead({ 0: 2 })
      await rig.advance(10_000)
      connected()
      await rig.settle()
      assert.equal(rig.isFetching(1), false)
      assert.deepEqual([...rig.fetchTo(2).from], [[0, 10n]])
    })

    it('asks for metadata at most once a second while a shard has no leader', async () => {
      rig.lead({ 0: -1 })
      await rig.advance(1_000)
      await rig.directory.refresh()
      const before = rig.cluster.metadataCount
      await rig.assign({ 0: 10n })
      await rig.advance(10_000)
      assert.ok(rig.cluster.metadataCount - before <= 11)
      assert.equal(rig.fetches.length, 0)
      rig.lead({ 0: 2 })
      await rig.advance(2_000)
      assert.equal(rig.isFetching(2), true)
    })

    it('goes on fetching while no broker answers the question for the leaders', async () => {
      await rig.assign({ 0: 10n })
      rig.cluster.metadataFailure = new Error('unreachable')
      await rig.advance(30_000)
      assert.ok(rig.told.includes('trouble unreachable'))
      await rig.fetchTo(1).answer({ 0: 10n })
      assert.equal(rig.told.at(-1), 'fetched 0: 10 next 11')
    })
  })
})
