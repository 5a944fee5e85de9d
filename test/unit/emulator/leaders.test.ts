import assert from 'node:assert/strict'
import type { Emulator } from '../../../tools/emulator/emulator'
import { ErrorCode } from '../../../tools/emulator/protocol/error-codes'
import { startEndpoint, textLogs } from './support/endpoint'
import { fetchShards } from './support/fetch'
import { RawClient } from './support/raw-client'

const METADATA = 3
const WEB = 'web-log'
const FIRST = 51247n << 17n
const GROUP = 1n << 17n
const LONG_MS = 60_000
const NOT_LEADER = ErrorCode.NOT_LEADER_FOR_PARTITION

describe('a shard of the emulator that moves to another leader', () => {
  let endpoint: Emulator
  let client: RawClient
  let other: RawClient

  beforeEach(async () => {
    endpoint = await startEndpoint(['--logstore', `${WEB}:2`, '--nodes', '2'])
    endpoint.project.logstore(WEB)?.append(textLogs('a', 'b'))
    client = await (await RawClient.connect(endpoint)).login(endpoint)
    other = await (await RawClient.connect(endpoint)).login(endpoint)
  })

  afterEach(async () => {
    client.close()
    other.close()
    await endpoint.stop()
  })

  const move = (shard: number, node: number): void => {
    endpoint.project.logstore(WEB)?.shard(shard).moveTo(node)
  }

  const errorOf = async (connection: RawClient): Promise<number | undefined> =>
    (await fetchShards(connection, WEB, { offsets: [FIRST] }))[0]?.error

  async function leaders(): Promise<number[]> {
    const answer = await client.request(METADATA, 0, (writer) => writer.int32(1).string(WEB))
    answer.array(() => [answer.int32(), answer.string(), answer.int32()])
    const topics = answer.array(() => {
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
    return topics.flat()
  }

  it('appears in the metadata with its new leader', async () => {
    assert.deepEqual(await leaders(), [1, 2])
    move(0, 2)
    assert.deepEqual(await leaders(), [2, 2])
  })

  it('is refused on a connection that has fetched it from its former leader', async () => {
    assert.equal(await errorOf(client), ErrorCode.NONE)
    move(0, 2)
    assert.equal(await errorOf(client), NOT_LEADER)
    assert.equal(await errorOf(client), NOT_LEADER)
    assert.equal(await errorOf(other), ErrorCode.NONE)
  })

  it('is served on the first connection again when it moves back', async () => {
    await errorOf(client)
    move(0, 2)
    await errorOf(other)
    move(0, 1)
    assert.equal(await errorOf(client), ErrorCode.NONE)
    assert.equal(await errorOf(other), NOT_LEADER)
  })

  it('ends the long poll that waits for its records', async () => {
    const offsets = [FIRST + GROUP]
    const fetched = fetchShards(client, WEB, { offsets, maxWaitMs: LONG_MS })
    // The answer to a second client proves that the endpoint has read what came before.
    await errorOf(other)
    move(0, 2)
    assert.equal((await fetched)[0]?.error, NOT_LEADER)
  })
})
