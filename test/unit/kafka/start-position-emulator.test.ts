import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import { systemClock } from '../../../lib/clock'
import { Cluster } from '../../../lib/kafka/cluster/cluster'
import { commitStartPosition } from '../../../lib/kafka/group/start-position'
import { NO_MEMBER, commitOffsets } from '../../../lib/kafka/group/offsets'
import { ShardDirectory } from '../../../lib/kafka/cluster/shard-directory'
import type { StartFrom } from '../../../lib/config/consumer-options'
import { optionsFor } from '../../../tools/shared/consumer-options'
import { startEmulator, type RunningEmulator } from '../../../tools/emulator/process'
import { RunningConsumer } from '../../support/running-consumer'

const LOGSTORE = 'access-log'
const GROUP = 'node-red'
const HOUR = 3_600_000

/** Unix ms, yesterday. */
const TEN = Date.UTC(2026, 10, 21, 10)

/** The settings of a node that begins at this time. */
function from(time: number): Record<string, unknown> {
  const startTime = new Date(time).toISOString()
  return { logstore: LOGSTORE, group: GROUP, startFrom: 'time', startTime }
}

describe('kafka/start-position on the emulator', () => {
  let endpoint: RunningEmulator
  let clusters: Cluster[]
  let consumers: RunningConsumer[]

  beforeEach(async () => {
    endpoint = await startEmulator()
    clusters = []
    consumers = []
  })

  afterEach(async () => {
    await Promise.all(consumers.map((consumer) => consumer.close()))
    for (const cluster of clusters) cluster.close()
    await endpoint.stop()
  })

  function open(): Cluster {
    const { project } = optionsFor(endpoint, from(TEN))
    const cluster = new Cluster({ project, clientId: 'test', clock: systemClock }, () => undefined)
    clusters.push(cluster)
    return cluster
  }

  async function setFirstPosition(cluster: Cluster, startFrom: StartFrom): Promise<void> {
    const { signal } = new AbortController()
    const directory = new ShardDirectory(cluster, LOGSTORE, systemClock, signal)
    await directory.find()
    const context = { cluster, directory, clock: systemClock, signal }
    await commitStartPosition({ ...context, group: GROUP, logstore: LOGSTORE }, startFrom)
  }

  function consume(settings: Record<string, unknown>, clientId?: string): RunningConsumer {
    const consumer = new RunningConsumer(endpoint, settings, clientId)
    consumers.push(consumer)
    return consumer.start()
  }

  async function write(receiveTime: number, shard: number, ...logs: string[]): Promise<void> {
    await endpoint.append(LOGSTORE, logs, { shard, receiveTime })
  }

  async function committed(): Promise<Map<number, string>> {
    const group = (await endpoint.state()).groups.find(({ id }) => id === GROUP)
    return new Map(group?.offsets.map(({ shard, offset }) => [shard, offset]))
  }

  /** The offset of the so many-th log group of a shard. */
  async function offsetOf(shard: number, group: number): Promise<string> {
    const { shards } = (await endpoint.state()).logstores[0] ?? { shards: [] }
    return String(BigInt(shards[shard]?.earliest ?? 0) + (BigInt(group) << 17n))
  }

  it('is the first log group received at or after the time, by shard, and the end of an idle shard', async () => {
    await write(TEN - 1, 0, 'a')
    await write(TEN, 0, 'b')
    await write(TEN + HOUR, 0, 'c')
    await write(TEN - HOUR, 1, 'd')
    await write(TEN + HOUR, 1, 'e')
    await write(TEN - HOUR, 2, 'f')
    const cluster = open()
    await setFirstPosition(cluster, { time: { at: TEN } })
    assert.deepEqual(
      await committed(),
      new Map([
        [0, await offsetOf(0, 1)],
        [1, await offsetOf(1, 1)],
        [2, await offsetOf(2, 1)],
        [3, await offsetOf(3, 0)],
      ]),
    )
    assert.deepEqual(
      (await endpoint.commits()).map(({ member }) => member),
      ['', '', '', ''],
    )
  })

  it('counts a span back from the moment when the position is set', async () => {
    await write(Date.now() - 2 * HOUR, 0, 'a')
    await write(Date.now() - HOUR / 2, 0, 'b')
    const cluster = open()
    await setFirstPosition(cluster, { time: { ago: HOUR } })
    assert.equal((await committed()).get(0), await offsetOf(0, 1))
  })

  it('passes nothing over that comes between asking for the time and asking for the end', async () => {
    const cluster = open()
    // Counted when they come, served later.
    await endpoint.delayRequests(500, { api: 'ListOffsets' })
    const setting = setFirstPosition(cluster, { time: { at: TEN } })
    while ((await endpoint.state()).requests['ListOffsets'] !== 2);
    await write(TEN + HOUR, 0, 'a')
    await setting
    assert.equal((await committed()).get(0), await offsetOf(0, 0))
  })

  it('leaves a group alone that has any committed offset', async () => {
    await write(TEN, 0, 'a')
    const cluster = open()
    await commitOffsets(cluster, GROUP, NO_MEMBER, LOGSTORE, new Map([[1, 5n]]))
    await setFirstPosition(cluster, { time: { at: TEN } })
    assert.deepEqual(await committed(), new Map([[1, '5']]))
  })

  it('leaves out a shard that the service refuses to look up, and sets the others', async () => {
    await write(TEN, 0, 'a')
    await endpoint.failRequests('UNKNOWN_TOPIC_OR_PARTITION', { api: 'ListOffsets', shard: 2 })
    const cluster = open()
    await setFirstPosition(cluster, { time: { at: TEN } })
    assert.deepEqual(new Set((await committed()).keys()), new Set([0, 1, 3]))
  })

  it('sets nothing where the connection breaks meanwhile, so that not everything is read', async () => {
    await endpoint.closeOnRequests({ api: 'ListOffsets' })
    const cluster = open()
    await assert.rejects(setFirstPosition(cluster, { time: { at: TEN } }))
    await assert.rejects(setFirstPosition(cluster, 'latest'))
    assert.deepEqual(await committed(), new Map())
  })

  it('reads a read-only parent and its children from the time, and a hole is no obstacle', async () => {
    await write(TEN - HOUR, 0, 'before')
    await write(TEN + HOUR, 0, 'parent')
    await write(TEN - HOUR, 3, 'gone')
    const children = await endpoint.splitShard(LOGSTORE, 0)
    await endpoint.splitShard(LOGSTORE, 3)
    await endpoint.expireLogs(LOGSTORE, 3)
    await endpoint.reclaimShard(LOGSTORE, 3)
    for (const child of children) await write(TEN + 2 * HOUR, child, `child ${child}`)
    const consumer = consume(from(TEN))
    await consumer.untilMessages(3)
    await consumer.close()
    assert.deepEqual(consumer.payloads.toSorted(), ['child 4', 'child 5', 'parent'])
  })

  it('is set once where two members start a new group at the same time', async () => {
    for (const shard of [0, 1, 2, 3]) {
      await write(TEN - HOUR, shard, 'before')
      await write(TEN + HOUR, shard, `after ${shard}`)
    }
    const both = [consume(from(TEN), 'one'), consume(from(TEN), 'two')]
    const received = (): unknown[] => [...new Set(both.flatMap(({ payloads }) => payloads))]
    await Promise.all(
      both.map((consumer) => consumer.until('two shards', () => consumer.shards === 2)),
    )
    while (received().length < 4) await setImmediate()
    await Promise.all(both.map((consumer) => consumer.close()))
    assert.deepEqual(received().toSorted(), ['after 0', 'after 1', 'after 2', 'after 3'])
    const positions = (await endpoint.commits()).filter(({ member }) => member === '')
    for (const { shard, offset } of positions) assert.equal(offset, await offsetOf(shard, 1))
  })
})
