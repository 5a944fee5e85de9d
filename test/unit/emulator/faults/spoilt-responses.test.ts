import assert from 'node:assert/strict'
import type { Emulator } from '../../../../tools/emulator/emulator'
import { parseFault, type FaultDescription } from '../../../../tools/emulator/faults/parse-fault'
import { ErrorCode } from '../../../../tools/emulator/protocol/error-codes'
import { startEndpoint, textLogs } from '../support/endpoint'
import { fetchShards } from '../support/fetch'
import { RawClient } from '../support/raw-client'

const FETCH = 1
const OFFSET_FETCH = 9
const HEARTBEAT = 12
const LIST_GROUPS = 16
const WEB = 'web-log'
const FIRST = 51247n << 17n
const HEARTBEAT_RESPONSE_BYTES = 10
const DRIP_MS = 20

describe('faults that spoil a response', () => {
  let endpoint: Emulator
  let client: RawClient

  beforeEach(async () => {
    endpoint = await startEndpoint(['--logstore', `${WEB}:2`])
    endpoint.project.logstore(WEB)?.append(textLogs('a', 'b'))
    client = await (await RawClient.connect(endpoint)).login(endpoint)
  })

  afterEach(async () => {
    client.close()
    await endpoint.stop()
  })

  const add = (description: FaultDescription): void => {
    endpoint.faults.add(parseFault(description))
  }
  const sendHeartbeat = (): void => {
    client.send(HEARTBEAT, 0, (writer) => writer.string('g').int32(0).string('m'))
  }

  /** The error of the response, and the number of logstores in it. */
  async function fetchSeven(): Promise<{ error: number; logstores: number }> {
    const answer = await client.request(FETCH, 7, (writer) => {
      writer
        .int32(-1)
        .int32(0)
        .int32(1)
        .int32(1 << 20)
        .int8(0)
        .int32(0)
        .int32(-1)
      writer
        .int32(1)
        .string(WEB)
        .int32(1)
        .int32(0)
        .int64(FIRST)
        .int64(-1n)
        .int32(1 << 20)
      writer.int32(0)
    })
    answer.int32()
    const error = answer.int16()
    answer.int32()
    return { error, logstores: answer.int32() }
  }

  it('puts the error of a fetch at the response as a whole, without any shard', async () => {
    add({ kind: 'error', error: 89, api: 'Fetch', scope: 'response', times: 1 })
    assert.deepEqual(await fetchSeven(), { error: 89, logstores: 0 })
    assert.deepEqual(await fetchSeven(), { error: 0, logstores: 1 })
  })

  it('puts the error at each shard where a version of Fetch has none for the response', async () => {
    add({ kind: 'error', error: 89, api: 'Fetch', scope: 'response' })
    const shards = await fetchShards(client, WEB, { offsets: [FIRST, FIRST] })
    assert.deepEqual(
      shards.map(({ error }) => error),
      [89, 89],
    )
  })

  it('puts the error of OffsetFetch at the shards, and none at the group', async () => {
    add({ kind: 'error', error: 'NOT_COORDINATOR', api: 'OffsetFetch', scope: 'shards' })
    const answer = await client.request(OFFSET_FETCH, 2, (writer) =>
      writer.string('g').int32(1).string(WEB).int32(1).int32(0),
    )
    answer.array(() => {
      answer.string()
      answer.array(() => {
        answer.int32()
        answer.int64()
        answer.nullableString()
        assert.equal(answer.int16(), ErrorCode.NOT_COORDINATOR)
      })
    })
    assert.equal(answer.int16(), ErrorCode.NONE)
  })

  it('drips a response: complete in the end, piece by piece', async () => {
    add({ kind: 'drip', api: 'Heartbeat', ms: DRIP_MS, bytes: 3, times: 1 })
    const began = performance.now()
    sendHeartbeat()
    const answer = await client.receive()
    assert.equal(answer.length, HEARTBEAT_RESPONSE_BYTES - 4)
    // Ten bytes in four pieces, with three pauses; a timer may fire up to a millisecond early.
    assert.ok(performance.now() - began >= 3 * (DRIP_MS - 1))
  })

  it('drops a connection that still drips when the faults are cleared', async () => {
    add({ kind: 'drip', api: 'Heartbeat', ms: 60_000 })
    sendHeartbeat()
    const answer = client.receive()
    while (endpoint.traffic.report().requests['Heartbeat'] === undefined) {
      await new Promise((resolve) => setImmediate(resolve))
    }
    endpoint.clearFaults()
    await assert.rejects(answer)
  })

  it('garbles a response behind its correlation id, and leaves the stored records as they are', async () => {
    add({ kind: 'garble', api: ['Heartbeat', 'Fetch'], times: 2 })
    sendHeartbeat()
    const answer = await client.receive()
    assert.deepEqual(
      [answer.readInt32BE(), answer.readInt16BE(4)],
      [77, ~ErrorCode.UNKNOWN_MEMBER_ID],
    )
    client.send(FETCH, 4, (writer) => {
      writer
        .int32(-1)
        .int32(0)
        .int32(1)
        .int32(1 << 20)
        .int8(0)
      writer
        .int32(1)
        .string(WEB)
        .int32(1)
        .int32(0)
        .int64(FIRST)
        .int32(1 << 20)
    })
    await client.receive()
    const [shard] = await fetchShards(client, WEB, { offsets: [FIRST] })
    assert.deepEqual(shard?.values, ['a'])
  })

  it('answers other requests of the connection whose response was lost', async () => {
    add({ kind: 'drop', api: 'Heartbeat' })
    sendHeartbeat()
    assert.equal((await client.request(LIST_GROUPS, 0)).int16(), ErrorCode.NONE)
  })
})
