import assert from 'node:assert/strict'
import { snapshotOfConfigError } from '../../../../lib/consumer/snapshot'
import { reportOf, type ShardReport } from '../../../../lib/monitoring/report'
import { writerReportOf } from '../../../../lib/monitoring/writer-report'
import {
  CardOpening,
  consumerCategory,
  fitsSearch,
  needsAttention,
  overviewOf,
  writerCategory,
} from '../../../../nodes/sls-monitor/editor/overview'
import type { MonitoredConsumer, MonitoredWriter } from '../../../../nodes/sls-monitor/monitor-api'

const ONE_SHARD = [{ partition: 0 } as ShardReport]
const GREEN = { fill: 'green', shape: 'dot', text: '1/s' }
const RED = { fill: 'red', shape: 'ring', text: 'x' }
const YELLOW_DOT = { fill: 'yellow', shape: 'dot', text: 'x' }
const YELLOW_RING = { fill: 'yellow', shape: 'ring', text: 'x' }

function consumer(changes: Partial<MonitoredConsumer> = {}): MonitoredConsumer {
  return {
    ...reportOf(snapshotOfConfigError({ code: 'SLS_CONFIG_INVALID', at: 0 })),
    ...{ id: 'n1', name: '', flow: 'tab', project: 'shop', logstore: 'access-log', group: 'g' },
    ...{ ok: true, code: null, alias: null, error: null, history: [] },
    ...{ status: GREEN, state: 'consuming', shards: ONE_SHARD },
    ...changes,
  }
}

function writer(changes: Partial<MonitoredWriter> = {}): MonitoredWriter {
  return {
    ...writerReportOf([]),
    ...{ id: 'w1', name: '', flow: 'tab', project: 'shop', logstore: 'app-log' },
    ...{ ok: true, alias: null, error: null, status: GREEN },
    ...changes,
  }
}

describe('category of a consumer', () => {
  const cases: readonly [string, Partial<MonitoredConsumer>][] = [
    ['reading', {}],
    ['standby', { shards: [] }],
    ['starting', { state: 'joining', status: YELLOW_RING, shards: [] }],
    ['paused', { isPaused: true }],
    ['stopped', { state: 'stopped', shards: [] }],
    ['warning', { status: YELLOW_DOT }],
    ['warning', { state: 'reconnecting', status: YELLOW_RING, code: 'SLS_UNREACHABLE' }],
    ['error', { state: 'failed', status: RED, code: 'SLS_AUTH_FAILED' }],
  ]
  for (const [category, changes] of cases) {
    it(`is ${category} with ${JSON.stringify(changes)}`, () => {
      assert.equal(consumerCategory(consumer(changes)), category)
      assert.equal(needsAttention(consumerCategory(consumer(changes))), /err|warn/.test(category))
    })
  }
})

describe('category of a writer', () => {
  it('comes from its status', () => {
    const statuses = [GREEN, YELLOW_RING, YELLOW_DOT, RED]
    const categories = statuses.map((status) => writerCategory(writer({ status })))
    assert.deepEqual(categories, ['fine', 'fine', 'warning', 'error'])
    const throttled = writer({ status: YELLOW_RING, code: 'SLS_THROTTLED' })
    assert.equal(writerCategory(throttled), 'warning')
  })
})

describe('overview of the monitor', () => {
  it('counts the nodes by category, in one order, without empty categories', () => {
    const consumers = [
      consumer({ status: RED }),
      consumer({ isPaused: true }),
      ...Array.from({ length: 18 }, () => consumer()),
    ]
    const { consumerCounts, writerCounts, ...rest } = overviewOf(consumers, [
      writer(),
      writer({ status: RED }),
    ])
    assert.deepEqual(
      [...consumerCounts],
      [
        ['reading', 18],
        ['paused', 1],
        ['error', 1],
      ],
    )
    assert.deepEqual([...writerCounts], [['error', 1]])
    assert.deepEqual(rest, { consumers: 20, writers: 2, delaySeconds: 0, isSmall: false })
  })

  it('has the delay of the consumer that is furthest behind, if any has a shard', () => {
    const late = [4, 12, 7].map((delaySeconds) => consumer({ delaySeconds }))
    assert.equal(overviewOf(late, []).delaySeconds, 12)
    assert.equal(overviewOf([consumer({ shards: [] })], []).delaySeconds, null)
  })

  it('is small with up to three nodes', () => {
    const three = overviewOf([consumer(), consumer()], [writer()])
    const four = overviewOf([consumer(), consumer()], [writer(), writer()])
    assert.deepEqual([three.isSmall, four.isSmall], [true, false])
  })
})

describe('search of the monitor', () => {
  const shop = consumer({ name: 'Orders of shop 7', group: 'team-7' })
  const written = writer({
    logstores: [{ ...writerReportOf([]), logstore: 'priced', shards: 1, leftOutShards: [] }],
  })

  it('looks in name, project, logstores and group, in upper and lower case', () => {
    for (const search of ['orders', 'SHOP', 'access', 'TEAM-7', '']) {
      assert.ok(fitsSearch(shop, search), search)
    }
    for (const search of ['app-log', 'priced', 'shop', '']) {
      assert.ok(fitsSearch(written, search), search)
    }
    assert.equal(fitsSearch(written, 'team'), false)
  })

  it('wants every word, each anywhere', () => {
    assert.ok(fitsSearch(shop, 'team-7  orders'))
    assert.equal(fitsSearch(shop, 'team-7 errors'), false)
  })
})

describe('opening of a card', () => {
  function opening(needs: boolean, isSmall = false): CardOpening {
    const made = new CardOpening()
    made.update(needs, isSmall)
    return made
  }

  it('is closed unless the node needs attention or there are few nodes', () => {
    assert.equal(opening(false).isOpen, false)
    assert.equal(opening(true).isOpen, true)
    assert.equal(opening(false, true).isOpen, true)
  })

  it('follows the user over later reports', () => {
    const card = opening(false)
    card.toggle()
    card.update(false, false)
    assert.equal(card.isOpen, true)
    card.toggle()
    card.update(false, true)
    assert.equal(card.isOpen, false)
  })

  it('stays closed during the error on which the user closed it, and opens on the next one', () => {
    const card = opening(true)
    card.toggle()
    card.update(true, false)
    assert.equal(card.isOpen, false)
    card.update(false, false)
    assert.equal(card.isOpen, false)
    card.update(true, false)
    assert.equal(card.isOpen, true)
  })

  it('stays open after an error if the user opened it before', () => {
    const card = opening(false)
    card.toggle()
    card.update(true, false)
    card.update(false, false)
    assert.equal(card.isOpen, true)
  })
})
