import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { Emulator } from '../../../tools/emulator/emulator'
import { ErrorCode } from '../../../tools/emulator/protocol/error-codes'
import type { Writer } from '../../../tools/emulator/protocol/writer'
import { startEndpoint, textLogs } from './support/endpoint'
import { fetchBody, fetchShards } from './support/fetch'
import { RawClient } from './support/raw-client'

const FETCH = 1
const METADATA = 3
const OFFSET_COMMIT = 8
const API_VERSIONS = 18
const DESCRIBE_GROUPS = 15
const WEB = 'web-log'
const FIRST = 51247n << 17n

describe('switches', () => {
  let endpoint: Emulator
  let client: RawClient

  const start = async (...flags: string[]): Promise<void> => {
    endpoint = await startEndpoint(['--logstore', `${WEB}:4`, ...flags])
    client = await (await RawClient.connect(endpoint)).login(endpoint)
  }

  afterEach(async () => {
    client.close()
    await endpoint.stop()
  })

  it('several nodes at one address, which share the shards', async () => {
    await start('--nodes', '2')
    const port = endpoint.listener.port
    assert.deepEqual(await metadata(), {
      brokers: [`1 localhost:${port}`, `2 localhost:${port}`],
      leaders: [1, 2, 1, 2],
    })
    endpoint.switches.change({ nodes: 3 })
    assert.deepEqual((await metadata()).leaders, [1, 2, 3, 1])
    endpoint.clearFaults()
    assert.deepEqual((await metadata()).leaders, [1, 2, 1, 2], 'as on the command line')
  })

  it('an address that clients should not go to', async () => {
    await start()
    endpoint.switches.change({ advertise: { host: 'kafka.example.com', port: 9 } })
    assert.deepEqual((await metadata()).brokers, ['1 kafka.example.com:9'])
  })

  it('fewer versions, or an API not at all', async () => {
    await start('--max-version', 'Fetch=4', '--max-version', 'DescribeGroups=-1')
    assert.equal((await offered()).get(1), 4)
    assert.equal((await offered()).has(DESCRIBE_GROUPS), false)
    endpoint.switches.change({ maxVersions: { Metadata: 2 } })
    assert.equal((await offered()).get(METADATA), 2)
    await assert.rejects(client.request(METADATA, 3), /closed/)
  })

  it('aborted transactions in the responses to fetches', async () => {
    await start('--aborted-transactions', '2')
    const length = async (): Promise<number> =>
      (await client.request(FETCH, 4, fetchBody(WEB, { offsets: [FIRST] }))).remaining
    const withBoth = await length()
    endpoint.switches.change({ abortedTransactions: 0 })
    assert.equal(withBoth - (await length()), 2 * (8 + 8), 'a producer id and an offset each')
  })

  it('refusal of negative commits', async () => {
    await start()
    assert.equal(await commit(-1n), ErrorCode.NONE)
    endpoint.switches.change({ refusesNegativeCommits: true })
    assert.equal(await commit(-1n), ErrorCode.INVALID_COMMIT_OFFSET_SIZE)
    assert.equal(await commit(FIRST), ErrorCode.NONE)
    endpoint.clearFaults()
    assert.equal(await commit(-2n), ErrorCode.NONE)
  })

  it('a slow link, shared by all connections', async () => {
    await start('--bandwidth', '200000')
    endpoint.project.logstore(WEB)?.append(textLogs('x'.repeat(30_000)), { shard: 0 })
    const other = await (await RawClient.connect(endpoint)).login(endpoint)
    const began = Date.now()
    const answers = await Promise.all(
      [client, other].map((each) => fetchShards(each, WEB, { offsets: [FIRST] })),
    )
    assert.deepEqual(
      answers.map(([shard]) => shard?.values[0]?.length),
      [30_000, 30_000],
    )
    assert.ok(Date.now() - began >= 299, 'two answers of 30 kB at 200 kB/s')
    endpoint.switches.change({ bytesPerSecond: undefined })
    await fetchShards(client, WEB, { offsets: [FIRST] })
    other.close()
  })

  it('a slow link from the clients, shared by all connections', async () => {
    await start('--inbound-bandwidth', '200000')
    const other = await (await RawClient.connect(endpoint)).login(endpoint)
    const began = Date.now()
    for (const each of [client, other]) each.send(METADATA, 1, longMetadata)
    await Promise.all([client.receive(), other.receive()])
    assert.ok(Date.now() - began >= 299, 'two requests of 30 kB at 200 kB/s')
    other.close()
  })

  it('a slow link does not outlive its connection', async () => {
    await start('--bandwidth', '1000')
    endpoint.project.logstore(WEB)?.append(textLogs('x'.repeat(30_000)), { shard: 0 })
    const fetched = fetchShards(client, WEB, { offsets: [FIRST] })
    endpoint.listener.killConnections()
    await assert.rejects(fetched)
  })

  for (const reception of ['silence', 'nonsense'] as const) {
    it(`${reception} in place of a TLS handshake, for new connections only`, async () => {
      await start()
      endpoint.switches.change({ reception })
      assert.equal(await commit(FIRST), ErrorCode.NONE)
      const socket = connect({ host: 'localhost', port: endpoint.listener.port })
      const greeted = once(socket, 'data') as Promise<[Buffer]>
      socket.write('hello')
      const first = await Promise.race([greeted, delay(100, undefined)])
      assert.equal(first?.[0].toString().startsWith('HTTP'), reception === 'nonsense' || undefined)
      greeted.catch(() => undefined)

      socket.on('error', () => undefined) // the reset of a connection is a close as well
      const closed = new Promise((resolve) => socket.on('close', resolve))
      endpoint.clearFaults()
      await closed
      ;(await RawClient.connect(endpoint)).close()
    })
  }

  it('a close right after the TLS handshake, for new connections only', async () => {
    await start()
    endpoint.switches.change({ reception: 'close' })
    assert.equal(await commit(FIRST), ErrorCode.NONE)
    const greeted = await RawClient.connect(endpoint)
    await assert.rejects(greeted.receive(), /closed/)
    greeted.close()
    endpoint.clearFaults()
    ;(await (await RawClient.connect(endpoint)).login(endpoint)).close()
  })

  it('from the command line: a fault', async () => {
    await start('--fault', 'error,error=OFFSET_OUT_OF_RANGE,api=Fetch')
    const [shard] = await fetchShards(client, WEB, { offsets: [FIRST] })
    assert.equal(shard?.error, ErrorCode.OFFSET_OUT_OF_RANGE)
  })

  async function metadata(): Promise<{ brokers: string[]; leaders: number[] }> {
    const answer = await client.request(METADATA, 0, (writer) => writer.int32(1).string(WEB))
    const brokers = answer.array(() => `${answer.int32()} ${answer.string()}:${answer.int32()}`)
    const leaders = answer.array(() => {
      answer.int16()
      answer.string()
      return answer.array(() => {
        answer.int16()
        answer.int32()
        const leader = answer.int32()
        answer.array(() => answer.int32())
        answer.array(() => answer.int32())
        return leader
      })
    })
    return { brokers, leaders: leaders.flat() }
  }

  /** Highest version by key of the API. */
  async function offered(): Promise<Map<number, number>> {
    const answer = await client.request(API_VERSIONS, 0)
    answer.int16()
    return new Map(
      answer.array(() => {
        const key = answer.int16()
        answer.int16()
        return [key, answer.int16()] as const
      }),
    )
  }

  async function commit(offset: bigint): Promise<number> {
    const answer = await client.request(OFFSET_COMMIT, 2, (writer) => {
      writer.string('g').int32(-1).string('').int64(-1n)
      writer.int32(1).string(WEB).int32(1).int32(0).int64(offset).nullableString(null)
    })
    answer.int32()
    answer.string()
    answer.int32()
    answer.int32()
    return answer.int16()
  }
})

/** The body of a request for one logstore with a name of 30 kB. */
function longMetadata(writer: Writer): void {
  writer.int32(1).string('x'.repeat(30_000))
}
