import assert from 'node:assert/strict'
import {
  startEmulator,
  type GroupStateReport,
  type RunningEmulator,
} from '../../../tools/emulator/process'
import { RunningConsumer } from '../../support/running-consumer'

const LOGSTORE = 'access-log'
const SETTINGS = { logstore: LOGSTORE, group: 'node-red', startFrom: 'earliest' } as const

/** Milliseconds; then Node-RED goes on without the node, and a successor may start beside it. */
const NODE_RED_CLOSE_TIMEOUT = 15_000

function numbers(from: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => String(from + index))
}

function sorted(payloads: readonly unknown[]): string[] {
  return payloads.map(String).sort((a, b) => Number(a) - Number(b))
}

describe('a group consumer on the emulator', () => {
  let endpoint: RunningEmulator
  let consumers: RunningConsumer[]

  async function groupState(id: string = SETTINGS.group): Promise<GroupStateReport | undefined> {
    return (await endpoint.state()).groups.find((group) => group.id === id)
  }

  function consume(settings: Record<string, unknown> = {}, clientId?: string): RunningConsumer {
    const consumer = new RunningConsumer(endpoint, { ...SETTINGS, ...settings }, clientId)
    consumers.push(consumer)
    return consumer.start()
  }

  async function startEndpoint(...flags: string[]): Promise<void> {
    endpoint = await startEmulator({ flags })
  }

  beforeEach(() => {
    consumers = []
  })

  afterEach(async () => {
    await Promise.all(consumers.map((consumer) => consumer.close()))
    await endpoint.stop()
  })

  it('reads what is there, commits at a clean stop and repeats nothing afterwards', async () => {
    await startEndpoint()
    await endpoint.append(LOGSTORE, numbers(0, 1000))
    const first = consume()
    await first.untilMessages(1000)
    await first.close()
    assert.deepEqual(sorted(first.payloads), numbers(0, 1000))

    await endpoint.append(LOGSTORE, numbers(1000, 100))
    const second = consume()
    await second.untilMessages(100)
    await second.close()
    assert.deepEqual(sorted(second.payloads), numbers(1000, 100))
    assert.deepEqual((await groupState())?.members, [])
  })

  it('keeps offsets above 2^53 exact, in messages and in commits', async () => {
    // A shard's offset is its log group's index times 2^17.
    await startEndpoint('--start-index', '34999999999999')
    await endpoint.append(LOGSTORE, ['a', 'b', 'c'], { shard: 0 })
    const consumer = consume()
    await consumer.untilMessages(3)
    await consumer.close()
    const first = 34_999_999_999_999n << 17n
    assert.ok(first > BigInt(Number.MAX_SAFE_INTEGER))
    assert.deepEqual(
      consumer.messages.map(({ offset }) => offset),
      [first, first + 1n, first + 2n].map(String),
    )
    assert.deepEqual((await groupState())?.offsets, [
      { logstore: LOGSTORE, shard: 0, offset: String(first + 3n) },
    ])
  })

  it('begins a new group at latest, and loses nothing that comes before it has joined', async () => {
    await startEndpoint('--rebalance-delay', '300')
    await endpoint.append(LOGSTORE, numbers(0, 100))
    const consumer = consume({ startFrom: 'latest' })
    // The start position is the first commit of a new group, made before joining.
    while ((await endpoint.commits()).length === 0);
    await endpoint.append(LOGSTORE, numbers(100, 100))
    await consumer.untilMessages(100)
    await consumer.close()
    assert.deepEqual(sorted(consumer.payloads), numbers(100, 100))
  })

  it('begins at latest once where two members start a new group at the same time', async () => {
    await startEndpoint()
    await endpoint.append(LOGSTORE, numbers(0, 100))
    const both = [consume({ startFrom: 'latest' }, 'one'), consume({ startFrom: 'latest' }, 'two')]
    await Promise.all(
      both.map((consumer) => consumer.until('two shards', () => consumer.shards === 2)),
    )
    await endpoint.append(LOGSTORE, numbers(100, 400))
    const all = (): unknown[] => both.flatMap(({ payloads }) => payloads)
    await Promise.all(
      both.map((consumer) =>
        consumer.until('half of the records', () => consumer.messages.length >= 200),
      ),
    )
    await Promise.all(both.map((consumer) => consumer.close()))
    assert.deepEqual(sorted(all()), numbers(100, 400))
  })

  it('goes on at the committed offset whatever the start says', async () => {
    await startEndpoint()
    await endpoint.append(LOGSTORE, numbers(0, 100))
    const first = consume()
    await first.untilMessages(100)
    await first.close()
    await endpoint.append(LOGSTORE, numbers(100, 100))
    const second = consume({ startFrom: 'latest' })
    await second.untilMessages(100)
    assert.deepEqual(sorted(second.payloads), numbers(100, 100))
  })

  for (const milliseconds of [0, 20, 60, 150, 400, 800]) {
    it(`leaves no member behind when closed ${milliseconds} ms after the start, in a long join`, async () => {
      await startEndpoint('--rebalance-delay', '600')
      const consumer = consume()
      await new Promise((resolve) => setTimeout(resolve, milliseconds))
      await consumer.close()
      assert.deepEqual((await groupState())?.members ?? [], [])

      const successor = consume()
      await successor.untilJoined()
      assert.equal(successor.shards, 4)
      assert.equal((await groupState())?.members.length, 1)
    })
  }

  it('closes before Node-RED loses patience also when the service is gone', async () => {
    await startEndpoint()
    await endpoint.append(LOGSTORE, numbers(0, 10))
    const consumer = consume()
    await consumer.untilMessages(10)
    await endpoint.close()
    const start = performance.now()
    await consumer.close()
    assert.ok(performance.now() - start < NODE_RED_CLOSE_TIMEOUT)
  })

  it('stays the same member when all its connections break', async () => {
    await startEndpoint()
    const consumer = consume()
    await consumer.untilJoined()
    const before = (await groupState())?.members
    await endpoint.killConnections()
    await endpoint.append(LOGSTORE, numbers(0, 100))
    await consumer.untilMessages(100)
    assert.deepEqual((await groupState())?.members, before)
    assert.deepEqual(sorted(consumer.payloads), numbers(0, 100))
    assert.deepEqual(consumer.failures, [])
  })

  it('neither loses nor repeats records of the shards that it keeps in a rebalance', async () => {
    await startEndpoint()
    await endpoint.append(LOGSTORE, numbers(0, 400))
    const first = consume({}, 'a')
    await first.untilMessages(400)
    const second = consume({}, 'b')
    await first.untilJoined(2)
    await second.untilJoined()
    await endpoint.append(LOGSTORE, numbers(400, 400))
    await first.until('its half of the new records', () => first.messages.length >= 600)
    const kept = new Set(first.assignments.at(-1))
    const ofKept = first.messages.filter(({ partition }) => kept.has(partition))
    assert.equal(kept.size, 2)
    assert.equal(new Set(ofKept.map(({ offset, partition }) => `${partition}/${offset}`)).size, 400)
    assert.equal(ofKept.length, 400)
  })

  it('shares a group with a reader of another logstore', async () => {
    await startEndpoint('--logstore', 'access-log:4', '--logstore', 'app-log:3')
    const one = consume({}, 'one')
    const other = consume({ logstore: 'app-log' }, 'other')
    await one.until('its own shards', () => one.shards === 4)
    await other.until('its own shards', () => other.shards === 3)
    await endpoint.append('access-log', numbers(0, 40))
    await endpoint.append('app-log', numbers(40, 30))
    await Promise.all([one.untilMessages(40), other.untilMessages(30)])
    assert.deepEqual(sorted(one.payloads), numbers(0, 40))
    assert.deepEqual(sorted(other.payloads), numbers(40, 30))
  })

  it('reads on from the earliest record when its position has expired, and commits no special offset', async () => {
    await startEndpoint('--retention-mib', '1')
    await endpoint.append(LOGSTORE, numbers(0, 10), { shard: 0 })
    const first = consume()
    await first.untilMessages(10)
    await first.close()
    const big = numbers(0, 40).map((number) => `${number} ${'x'.repeat(100_000)}`)
    for (const text of big) await endpoint.append(LOGSTORE, [text], { shard: 0 })
    const second = consume({ format: 'text' })
    await second.until('the last record', () =>
      second.messages.some(({ value }) => value === big.at(-1)),
    )
    await second.close()
    const negative = (await endpoint.commits()).filter(({ offset }) => offset.startsWith('-'))
    assert.deepEqual(negative, [])
    assert.ok(second.messages.length < 40, 'some were trimmed')
    assert.deepEqual(
      second.messages.map(({ value }) => value),
      big.slice(40 - second.messages.length),
    )
  })
})
