import assert from 'node:assert/strict'
import type { Broker } from '../../../lib/kafka/cluster/brokers'
import { Producer } from '../../../lib/kafka/produce/producer'
import type {
  BatchResult,
  BatchSource,
  OutgoingRequest,
  ProduceEvent,
} from '../../../lib/kafka/produce/producer-types'
import { encodeRecordBatch } from '../../../lib/kafka/records/record-batch-encoder'
import { decodeRecordBatches } from '../../../tools/emulator/protocol/record-batch'
import type { ResponseFields, Fields } from '../../support/emulator-codec'
import { FakeCluster, FIRST_BROKER } from '../../support/fake-cluster'
import { ManualClock } from '../../support/manual-clock'

const LOGSTORE = 'app-log'
const RESPONSE_MS = 12
const SECOND_BROKER: Broker = { nodeId: 2, host: 'two.test', port: 9093 }

/** Texts that wait for each shard. What is taken settles into `results`, a line each. */
class TextSource implements BatchSource {
  readonly waiting = new Map<number, string[]>()
  readonly results: string[] = []
  topic = LOGSTORE

  get growing(): number {
    return [...this.waiting.values()].flat().length
  }

  add(shard: number, ...texts: readonly string[]): void {
    this.waiting.set(shard, [...(this.waiting.get(shard) ?? []), ...texts])
  }

  dueInMs(shards: readonly number[]): number {
    return shards.some((shard) => this.waiting.has(shard)) ? 0 : Infinity
  }

  take(shards: readonly number[]): OutgoingRequest | null {
    const batches = shards.flatMap((shard) => {
      const texts = this.waiting.get(shard)
      if (!texts) return []
      this.waiting.delete(shard)
      const records = texts.map((value) => ({ key: null, value, timestamp: 1 }))
      const settle = (result: BatchResult): void => {
        this.results.push(`${texts.join(' ')} at ${shard}: ${textOf(result)}`)
      }
      const encode = (): Promise<Buffer> => encodeRecordBatch(records, 'none')
      return [{ shard, logs: records.length, encode, settle }]
    })
    return batches.length === 0 ? null : { topic: this.topic, batches }
  }
}

function textOf(result: BatchResult): string {
  switch (result.type) {
    case 'written':
      return `written at ${result.offset}`
    case 'refused':
      return `refused, ${result.error.type}`
    case 'unanswered':
      return `unanswered, ${(result.error as Error).message}`
  }
}

type Codes = Readonly<Record<number, number>>

/** All shards of the request are stored at offset 7, but for those that have an error code. */
function answered({ topics }: Fields<'Produce'>, codes: Codes = {}): ResponseFields<'Produce'> {
  return {
    topics: topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partition }) => {
        const error = codes[partition] ?? 0
        return { partition, error, baseOffset: error ? -1n : 7n, earliestOffset: 0n }
      }),
    })),
  }
}

describe('kafka/producer', () => {
  let clock: ManualClock
  let cluster: FakeCluster
  let source: TextSource
  let events: string[]
  let abort: AbortController
  let producer: Producer
  let running: Promise<void>

  beforeEach(() => {
    clock = new ManualClock()
    cluster = new FakeCluster(clock)
    source = new TextSource()
    events = []
    abort = new AbortController()
    producer = new Producer({
      logstore: LOGSTORE,
      cluster: cluster.asCluster,
      clock,
      source,
      signal: abort.signal,
      onEvent: (event) => events.push(eventText(event)),
    })
  })

  afterEach(async () => {
    abort.abort()
    await clock.settle()
    await running
    assert.equal(clock.pending, 0)
  })

  function eventText(event: ProduceEvent): string {
    return event.type === 'trouble' ? `trouble, ${(event.error as Error).message}` : event.type
  }

  /** @param leaders node ids by shard */
  async function start(leaders: Readonly<Record<number, number>>): Promise<void> {
    lead(leaders)
    running = producer.run()
    await clock.settle()
  }

  function lead(leaders: Readonly<Record<number, number>>): void {
    cluster.brokers = [FIRST_BROKER, SECOND_BROKER]
    const rows = Object.entries(leaders).map(([shard, leader]): [number, number] => [
      Number(shard),
      leader,
    ])
    cluster.leaders.set(LOGSTORE, new Map(rows))
  }

  async function add(shard: number, ...texts: readonly string[]): Promise<void> {
    source.add(shard, ...texts)
    producer.wake()
    await clock.settle()
  }

  /** Node, topic and texts by shard of each request so far. */
  function requests(): string[] {
    return cluster.sent.map(({ nodeId, purpose, fields }) => {
      const { topics } = fields as Fields<'Produce'>
      const shards = topics.flatMap(({ name, partitions }) =>
        partitions.map(({ partition, records }) => {
          const [batch = []] = decodeRecordBatches(records)
          return `${name}/${partition}: ${batch.map(({ value }) => String(value)).join(' ')}`
        }),
      )
      return `${nodeId} ${purpose} ${shards.join(', ')}`
    })
  }

  it('lists the shards when it begins, and writes to the leader of each', async () => {
    cluster.on('Produce', (fields) => answered(fields))
    source.add(0, 'a', 'b')
    source.add(1, 'c')
    source.add(2, 'd')
    await start({ 0: 1, 1: 2, 2: 1 })
    assert.deepEqual(producer.shards, [0, 1, 2])
    assert.deepEqual(requests(), [
      '1 produce app-log/0: a b, app-log/2: d',
      '2 produce app-log/1: c',
    ])
    assert.deepEqual(events, ['listed'])
    assert.deepEqual(source.results.sort(), [
      'a b at 0: written at 7',
      'c at 1: written at 7',
      'd at 2: written at 7',
    ])
  })

  describe('a batch after a response', () => {
    beforeEach(() => {
      cluster.on('Produce', async (fields) => {
        await new Promise<void>((done) => void clock.after(RESPONSE_MS, done))
        return answered(fields)
      })
    })

    /** Adds a log every three milliseconds. */
    async function trickle(...texts: readonly string[]): Promise<void> {
      for (const text of texts) {
        await add(0, text)
        await clock.advance(3)
      }
    }

    it('grows while logs come', async () => {
      source.add(0, '1', '2', '3', '4')
      await start({ 0: 1 })
      await clock.advance(RESPONSE_MS)
      await trickle('a', 'b')
      assert.equal(requests().length, 1)
      await clock.advance(3)
      assert.deepEqual(requests().slice(1), ['1 produce app-log/0: a b'])
      await clock.advance(100)
    })

    it('grows until a log has come for each that was written, beside those that waited', async () => {
      source.add(0, '1', '2')
      await start({ 0: 1 })
      await add(0, 'waiting')
      await clock.advance(RESPONSE_MS)
      await trickle('a')
      await add(0, 'b')
      assert.deepEqual(requests().slice(1), ['1 produce app-log/0: waiting a b'])
      await clock.advance(100)
    })

    it('grows for as long as the response took, at most', async () => {
      source.add(0, '1', '2', '3', '4', '5', '6')
      await start({ 0: 1 })
      await clock.advance(RESPONSE_MS)
      await trickle('a', 'b', 'c', 'd', 'e')
      assert.deepEqual(requests().slice(1), ['1 produce app-log/0: a b c d'])
      await clock.advance(100)
    })
  })

  it('judges each shard of a response by itself', async () => {
    const codes = { 1: 6, 2: 44 }
    cluster.on('Produce', (fields) => answered(fields, codes))
    for (const shard of [0, 1, 2, 3]) source.add(shard, `text ${shard}`)
    await start({ 0: 1, 1: 1, 2: 1, 3: 1 })
    assert.deepEqual(source.results, [
      'text 0 at 0: written at 7',
      'text 1 at 1: refused, NOT_LEADER_FOR_PARTITION',
      'text 2 at 2: refused, POLICY_VIOLATION',
      'text 3 at 3: written at 7',
    ])
    assert.deepEqual(events, ['listed'], 'an error of a shard is no trouble of the connection')
  })

  it('has one request under way for each broker, and batches grow until it is answered', async () => {
    const answers: (() => void)[] = []
    cluster.on(
      'Produce',
      (fields) =>
        new Promise((resolve) =>
          answers.push(() => {
            resolve(answered(fields))
          }),
        ),
    )
    await start({ 0: 1, 1: 1, 2: 2 })
    await add(0, 'a')
    await add(1, 'b')
    await add(1, 'c')
    await add(2, 'd')
    assert.deepEqual(requests(), ['1 produce app-log/0: a', '2 produce app-log/2: d'])
    answers[0]?.()
    await clock.settle()
    assert.deepEqual(requests().slice(2), ['1 produce app-log/1: b c'])
    for (const answer of answers) answer()
    await clock.settle()
  })

  it('tells that no response came, and tries again after a backoff', async () => {
    let isBroken = true
    cluster.on('Produce', (fields) => {
      if (isBroken) throw new Error('broken')
      return answered(fields)
    })
    await start({ 0: 1 })
    await add(0, 'a')
    assert.deepEqual(source.results, ['a at 0: unanswered, broken'])
    assert.deepEqual(events, ['listed', 'trouble, broken'])
    source.add(0, 'a')
    isBroken = false
    await clock.advance(239)
    assert.equal(cluster.sent.length, 1, 'no earlier than the backoff of 0.3 s, less 20 %')
    await clock.advance(62)
    assert.deepEqual(source.results.slice(1), ['a at 0: written at 7'])
  })

  it('takes a broker for failing while a long attempt is under way, and not after a minute without a log', async () => {
    cluster.on('Produce', async () => {
      await new Promise<void>((done) => void clock.after(90_000, done))
      throw new Error('broken')
    })
    source.add(0, 'a')
    await start({ 0: 1 })
    await clock.advance(90_000)
    await add(0, 'b')
    await clock.advance(80_000)
    assert.equal(producer.isFailing, true)
    await clock.advance(20_000)
    assert.equal(producer.isFailing, true)
    await clock.advance(80_000)
    assert.equal(producer.isFailing, false)
  })

  it('takes a shard that the response leaves out for unanswered', async () => {
    cluster.on('Produce', ({ topics }) =>
      answered({
        acks: -1,
        topics: topics.map((topic) => ({ ...topic, partitions: topic.partitions.slice(1) })),
      }),
    )
    source.add(0, 'a')
    source.add(1, 'b')
    await start({ 0: 1, 1: 1 })
    assert.deepEqual(source.results, [
      'b at 1: written at 7',
      'a at 0: unanswered, a response without all of its shards',
    ])
  })

  it('follows a shard to another leader', async () => {
    let leader = 1
    cluster.on('Produce', (fields, nodeId) => answered(fields, nodeId === leader ? {} : { 0: 6 }))
    await start({ 0: 1 })
    leader = 2
    lead({ 0: 2 })
    await add(0, 'a')
    source.add(0, 'a')
    await clock.advance(1_000)
    assert.deepEqual(source.results, [
      'a at 0: refused, NOT_LEADER_FOR_PARTITION',
      'a at 0: written at 7',
    ])
    assert.deepEqual(requests(), ['1 produce app-log/0: a', '2 produce app-log/0: a'])
  })

  it('lists the shards again after 15 s, and after a shard took nothing', async () => {
    cluster.on('Produce', (fields) => answered(fields, { 0: 44 }))
    await start({ 0: 1 })
    lead({ 0: 1, 1: 1 })
    await clock.advance(14_999)
    assert.deepEqual(producer.shards, [0])
    await clock.advance(1)
    assert.deepEqual(producer.shards, [0, 1])
    lead({ 0: 1, 1: 1, 2: 1 })
    await clock.advance(1_000)
    await add(0, 'a')
    assert.deepEqual(producer.shards, [0, 1, 2])
  })

  it('goes on looking for a logstore that is missing, at growing intervals', async () => {
    cluster.on('Produce', (fields) => answered(fields))
    cluster.topicErrorCode = 3
    await start({ 0: 1 })
    await clock.advance(120_000)
    const { metadataCount } = cluster
    assert.ok(metadataCount > 8 && metadataCount < 20, String(metadataCount))
    assert.equal(events.length, metadataCount)
    assert.match(events[0] ?? '', /^trouble, This server does not host this topic-partition/)
    cluster.topicErrorCode = 0
    source.add(0, 'a')
    await clock.advance(15_000)
    assert.deepEqual(source.results, ['a at 0: written at 7'])
  })

  it('writes to the topic that its source names, without asking for its shards', async () => {
    cluster.on('Produce', (fields) => answered(fields))
    source.topic = `${LOGSTORE}.json`
    source.add(0, '{"a":1}')
    await start({ 0: 1 })
    assert.deepEqual(requests(), ['1 produce app-log.json/0: {"a":1}'])
    assert.deepEqual(source.results, ['{"a":1} at 0: written at 7'])
  })

  it('lets the service take 20 s to store what came, beside the time on the way', async () => {
    cluster.on('Produce', (fields) => answered(fields))
    source.add(0, 'a')
    await start({ 0: 1 })
    assert.equal(cluster.fakeConnection(FIRST_BROKER, 'produce').lastWaitMs, 20_000)
  })

  it('settles what is under way when it is ended, and ends', async () => {
    cluster.on('Produce', () => new Promise(() => undefined))
    await start({ 0: 1 })
    await add(0, 'a')
    assert.deepEqual(source.results, [])
    abort.abort()
    await clock.settle()
    await running
    assert.deepEqual(source.results, ['a at 0: unanswered, closed'])
    assert.deepEqual(events, ['listed'], 'the end is no trouble')
  })
})
