import assert from 'node:assert/strict'
import {
  HEARTBEAT_INTERVAL,
  IDLE_AFTER,
  IDLE_FETCH_MAX_WAIT,
} from '../../../../lib/kafka/constants'
import { rewrite } from '../../../../lib/kafka/hardening/fetch-wait'
import {
  member,
  SHARD,
  stockConsumerGroup as stock,
  TWO_SHARDS,
  type Broker,
  type ConsumerGroup,
  type ConsumerGroupClass,
} from './fetching-member'

const fixed = rewrite(stock) as ConsumerGroupClass

const USUAL = 500
const WHILE_PAUSED = 100

describe('kafka/hardening/fetch-wait', () => {
  const realNow = Date.now
  let now: number
  let broker: Broker

  beforeEach(() => {
    now = realNow()
    Date.now = () => now
    broker = { waits: [], records: [] }
  })

  afterEach(() => {
    Date.now = realNow
  })

  /** @returns the longest wait that a fetch asks for, some time after a heartbeat */
  async function waitOf(group: ConsumerGroup, sinceHeartbeat = 0): Promise<number | undefined> {
    group.lastRequest = now - sinceHeartbeat
    await group.fetch('1')
    return broker.waits.at(-1)
  }

  it('stock: waits equally long, whether a shard is paused or nothing has come for long', async () => {
    const group = member(stock, USUAL, broker)
    group.subscriptionState.assign(TWO_SHARDS)
    group.pause(SHARD)
    await group.fetch('1')
    group.resume(SHARD)
    now += IDLE_AFTER
    assert.equal(await waitOf(group), USUAL)
    assert.deepEqual(broker.waits, [USUAL, USUAL])
  })

  it('fixed: waits shortly while one of two shards is paused, also if nothing comes', async () => {
    const group = member(fixed, USUAL, broker)
    group.subscriptionState.assign(TWO_SHARDS)
    group.pause(SHARD)
    assert.equal(await waitOf(group), WHILE_PAUSED)
    now += IDLE_AFTER
    assert.equal(await waitOf(group), WHILE_PAUSED)
    group.resume(SHARD)
    assert.equal(await waitOf(group), IDLE_FETCH_MAX_WAIT)
  })

  it('fixed: waits longer once nothing has come for some time, until a record comes', async () => {
    const group = member(fixed, USUAL, broker)
    assert.equal(await waitOf(group), USUAL)
    now += IDLE_AFTER - 1
    assert.equal(await waitOf(group), USUAL)
    now += 1
    assert.equal(await waitOf(group), IDLE_FETCH_MAX_WAIT)
    broker.records = [{ offset: '5' }]
    await group.fetch('1')
    broker.records = []
    assert.equal(await waitOf(group), USUAL)
  })

  it('fixed: does not keep a heartbeat waiting that is due', async () => {
    const group = member(fixed, USUAL, broker)
    now += IDLE_AFTER
    assert.equal(await waitOf(group, HEARTBEAT_INTERVAL - 1_000), 1_000)
    assert.equal(await waitOf(group, HEARTBEAT_INTERVAL), USUAL)
  })

  it('fixed: does not wait longer while a shard is left alone because it failed', async () => {
    const Failing = class extends (fixed as new (options: object) => ConsumerGroup & {
      getActiveTopicPartitions(): Record<string, Set<number>>
    }) {
      override getActiveTopicPartitions(): Record<string, Set<number>> {
        return { t: new Set([0]) }
      }
    }
    const group = member(Failing, USUAL, broker)
    group.subscriptionState.assign(TWO_SHARDS)
    now += IDLE_AFTER
    assert.equal(await waitOf(group), USUAL)
  })
})
