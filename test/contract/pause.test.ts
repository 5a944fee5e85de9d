import assert from 'node:assert/strict'
import { ContractRig, lines } from '../support/contract/contract-rig'

const SHARDS = 3
const PER_SHARD = 6_000
/** Egress is billed: a response that is thrown away is paid for twice. */
const MOST_OVERHEAD = 1.05

describe('contract: pause and resume in a slow flow', () => {
  const rig = new ContractRig()

  async function fill(): Promise<string[]> {
    await rig.createLogstore(SHARDS)
    const all = lines(PER_SHARD, 500)
    for (let shard = 0; shard < SHARDS; shard++) await rig.append(all, shard, 50)
    return all
  }

  async function storedBytes(): Promise<number> {
    const { logstores } = await rig.emulator.state()
    const logstore = logstores.find(({ name }) => name === rig.logstore)
    return (logstore?.shards ?? []).reduce((sum, { bytes }) => sum + bytes, 0)
  }

  async function fetchedBytes(): Promise<number> {
    return (await rig.emulator.state()).responseBytes['Fetch'] ?? 0
  }

  it('a source that is paused after each batch fetches hardly a byte twice', async () => {
    const all = await fill()
    const before = await fetchedBytes()
    const source = rig.idleSource('slow', { maxBytesPerShard: '65536' })
    const timers = new Set<NodeJS.Timeout>()
    source.onFetched = ({ shard }) => {
      source.source.pause(shard)
      const timer = setTimeout(() => {
        timers.delete(timer)
        source.source.resume(shard)
      }, 15)
      timers.add(timer)
    }
    source.start()
    await source.untilRecords(SHARDS * PER_SHARD)
    for (const timer of timers) clearTimeout(timer)
    await source.stop()
    for (let shard = 0; shard < SHARDS; shard++) assert.deepEqual(source.values(shard), all)
    const ratio = ((await fetchedBytes()) - before) / (await storedBytes())
    assert.ok(ratio <= MOST_OVERHEAD, `${ratio} times the bytes`)
  })

  it('a consumer whose flow is slow fetches hardly a byte twice', async () => {
    await fill()
    const before = await fetchedBytes()
    const consumer = rig.consumer({
      maxRate: String(4_500),
      maxBytesPerShard: '65536',
      maxInFlightBytes: '1048576',
    })
    await consumer.untilMessages(SHARDS * PER_SHARD)
    await consumer.close()
    assert.equal(consumer.messages.length, SHARDS * PER_SHARD)
    const ratio = ((await fetchedBytes()) - before) / (await storedBytes())
    assert.ok(ratio <= MOST_OVERHEAD, `${ratio} times the bytes`)
  })

  it('a paused shard lets the others read on, and keeps its records', async () => {
    const all = await fill()
    const source = rig.idleSource('one', { maxBytesPerShard: '65536' })
    source.onFetched = ({ shard }) => {
      if (shard === 1) source.source.pause(1)
    }
    source.start()
    await source.until(
      'the others',
      () => source.values(0).length === PER_SHARD && source.values(2).length === PER_SHARD,
    )
    assert.ok(source.values(1).length < PER_SHARD)
    source.onFetched = () => undefined
    source.source.resume(1)
    await source.untilRecords(SHARDS * PER_SHARD)
    assert.deepEqual(source.values(1), all)
  })
})
