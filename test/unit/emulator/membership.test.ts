import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import type { Emulator } from '../../../tools/emulator/emulator'
import { ErrorCode } from '../../../tools/emulator/protocol/error-codes'
import type { Writer } from '../../../tools/emulator/protocol/writer'
import { startEndpoint } from './support/endpoint'
import { RawClient } from './support/raw-client'

const OFFSET_COMMIT = 8
const JOIN_GROUP = 11
const LEAVE_GROUP = 13
const DESCRIBE_GROUPS = 15
const WEB = 'web-log'

describe('membership, seen from the wire', () => {
  let endpoint: Emulator
  const clients: RawClient[] = []

  const connect = async (): Promise<RawClient> => {
    const client = await (await RawClient.connect(endpoint)).login(endpoint)
    clients.push(client)
    return client
  }

  afterEach(async () => {
    for (const client of clients.splice(0)) client.close()
    await endpoint.stop()
  })

  it('lists a member whose connection closed during its join, and lets another one evict it', async () => {
    endpoint = await startEndpoint(['--logstore', `${WEB}:1`, '--rebalance-delay', '60000'])
    const doomed = await connect()
    doomed.send(JOIN_GROUP, 2, joinBody)
    const other = await connect()
    const [stale = ''] = await untilNotEmpty(() => describe(other))
    doomed.close()
    await closed(1)
    assert.deepEqual(await describe(other), [stale], 'it is still a member')

    const left = await other.request(LEAVE_GROUP, 2, (writer) => writer.string('g').string(stale))
    assert.deepEqual([left.int32(), left.int16()], [0, ErrorCode.NONE])
    assert.deepEqual(await describe(other), [])
  })

  it('takes a commit without membership on an empty group, and refuses it on an active one', async () => {
    endpoint = await startEndpoint(['--logstore', `${WEB}:1`])
    const client = await connect()
    assert.equal(await commit(client), ErrorCode.NONE)
    const joined = await client.request(JOIN_GROUP, 2, joinBody)
    assert.deepEqual([joined.int32(), joined.int16()], [0, ErrorCode.NONE])
    assert.equal(await commit(client), ErrorCode.REBALANCE_IN_PROGRESS)
    const [memberId = ''] = await describe(client)
    endpoint.groups.find('g')?.leave(memberId)
    assert.equal(await commit(client), ErrorCode.NONE)
    assert.equal(endpoint.groups.journal.entries.length, 2)
  })

  it('refuses a commit for a logstore or a shard that does not exist', async () => {
    endpoint = await startEndpoint(['--logstore', `${WEB}:1`])
    const client = await connect()
    assert.equal(await commit(client, 'other'), ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)
    assert.equal(await commit(client, WEB, 1), ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)
  })

  /** Ids of the members of the group. */
  async function describe(client: RawClient): Promise<string[]> {
    const answer = await client.request(DESCRIBE_GROUPS, 0, (writer) => writer.int32(1).string('g'))
    const groups = answer.array(() => {
      answer.int16()
      answer.string()
      answer.string()
      answer.string()
      answer.string()
      return answer.array(() => {
        const id = answer.string()
        assert.equal(answer.string(), 'raw', 'client id')
        answer.string()
        answer.bytes()
        answer.bytes()
        return id
      })
    })
    return groups.flat()
  }

  async function commit(client: RawClient, logstore = WEB, shard = 0): Promise<number> {
    const answer = await client.request(OFFSET_COMMIT, 2, (writer) => {
      writer.string('g').int32(-1).string('').int64(-1n)
      writer.int32(1).string(logstore).int32(1).int32(shard).int64(5n).nullableString(null)
    })
    answer.int32()
    answer.string()
    answer.int32()
    answer.int32()
    return answer.int16()
  }

  /** Until the endpoint has noticed that only so many connections are left. */
  async function closed(left: number): Promise<void> {
    while (endpoint.listener.openConnections > left) await delay(5)
  }
})

function joinBody(writer: Writer): void {
  writer.string('g').int32(6000).int32(6000).string('').string('consumer')
  writer.int32(1).string('range').int32(0)
}

async function untilNotEmpty<Item>(read: () => Promise<Item[]>): Promise<Item[]> {
  for (;;) {
    const items = await read()
    if (items.length > 0) return items
    await delay(5)
  }
}
