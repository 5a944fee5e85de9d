import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import type { Emulator } from '../../../../tools/emulator/emulator'
import { parseFault, type FaultDescription } from '../../../../tools/emulator/faults/parse-fault'
import { ErrorCode } from '../../../../tools/emulator/protocol/error-codes'
import type { Reader } from '../../../../tools/emulator/protocol/reader'
import { startEndpoint, textLogs } from '../support/endpoint'
import { fetchRaw, fetchShards } from '../support/fetch'
import { RawClient } from '../support/raw-client'

const METADATA = 3
const OFFSET_FETCH = 9
const FIND_COORDINATOR = 10
const HEARTBEAT = 12
const LIST_GROUPS = 16
const WEB = 'web-log'
const FIRST = 51247n << 17n
const SILENCE_MS = 100

describe('faults', () => {
  let endpoint: Emulator
  let client: RawClient

  const start = async (...flags: string[]): Promise<void> => {
    endpoint = await startEndpoint(['--logstore', `${WEB}:2`, ...flags])
    endpoint.project.logstore(WEB)?.append(textLogs('a', 'b'))
    client = await connect()
  }
  const connect = async (): Promise<RawClient> =>
    (await RawClient.connect(endpoint)).login(endpoint)
  const add = (description: FaultDescription): void => {
    endpoint.faults.add(parseFault(description))
  }
  const fetchErrors = async (): Promise<number[]> => {
    const shards = await fetchShards(client, WEB, { offsets: [FIRST, FIRST] })
    return shards.map(({ error }) => error)
  }
  const heartbeat = (): Promise<Reader> =>
    client.request(HEARTBEAT, 0, (writer) => writer.string('g').int32(0).string('m'))

  afterEach(async () => {
    client.close()
    await endpoint.stop()
  })

  describe('error', () => {
    it('of each shard, so many times, and then no more', async () => {
      await start()
      add({ kind: 'error', error: 'KAFKA_STORAGE_ERROR', api: 'Fetch', times: 2 })
      const bad = ErrorCode.KAFKA_STORAGE_ERROR
      assert.deepEqual(await fetchErrors(), [bad, bad])
      assert.deepEqual(await fetchErrors(), [bad, bad])
      assert.deepEqual(await fetchErrors(), [0, 0])
    })

    it('of one shard among healthy ones, until it is cleared', async () => {
      await start()
      add({ kind: 'error', error: 'NOT_LEADER_FOR_PARTITION', logstore: WEB, shard: 1 })
      for (let round = 0; round < 3; round += 1) {
        assert.deepEqual(await fetchErrors(), [0, ErrorCode.NOT_LEADER_FOR_PARTITION])
      }
      endpoint.clearFaults()
      assert.deepEqual(await fetchErrors(), [0, 0])
    })

    it('is not used up by a request for another shard or another API', async () => {
      await start()
      add({ kind: 'error', error: -1, api: 'Fetch', shard: 1, times: 1 })
      await fetchShards(client, WEB, { offsets: [FIRST] })
      await heartbeat()
      assert.deepEqual(await fetchErrors(), [0, -1])
      assert.deepEqual(await fetchErrors(), [0, 0])
    })

    it('of a request as a whole, by name or by any number', async () => {
      await start()
      add({ kind: 'error', error: 'NOT_COORDINATOR', api: ['Heartbeat', 'FindCoordinator'] })
      add({ kind: 'error', error: 999, api: 'ListGroups' })
      assert.equal((await heartbeat()).int16(), ErrorCode.NOT_COORDINATOR)
      const found = await client.request(FIND_COORDINATOR, 0, (writer) => writer.string('g'))
      assert.equal(found.int16(), ErrorCode.NOT_COORDINATOR)
      assert.equal((await client.request(LIST_GROUPS, 0)).int16(), 999)
    })

    it('of a group where offsets are asked for, in the form of each version', async () => {
      await start()
      add({ kind: 'error', error: 'COORDINATOR_LOAD_IN_PROGRESS', api: 'OffsetFetch' })
      const code = ErrorCode.COORDINATOR_LOAD_IN_PROGRESS
      for (const version of [1, 2]) {
        const answer = await client.request(OFFSET_FETCH, version, (writer) =>
          writer.string('g').int32(1).string(WEB).int32(1).int32(0),
        )
        answer.array(() => {
          answer.string()
          answer.array(() => {
            answer.int32()
            answer.int64()
            answer.nullableString()
            assert.equal(answer.int16(), code)
          })
        })
        if (version >= 2) assert.equal(answer.int16(), code)
        assert.equal(answer.remaining, 0)
      }
    })

    it('of a logstore, or of one shard, in the metadata', async () => {
      await start()
      add({ kind: 'error', error: 'LEADER_NOT_AVAILABLE', api: 'Metadata', shard: 1, times: 1 })
      assert.deepEqual(await metadataErrors(), [0, 0, ErrorCode.LEADER_NOT_AVAILABLE])
      add({ kind: 'error', error: 'TOPIC_AUTHORIZATION_FAILED', api: 'Metadata', logstore: WEB })
      assert.deepEqual(await metadataErrors(), [ErrorCode.TOPIC_AUTHORIZATION_FAILED])
    })

    it('of a login ends the connection, and does not last', async () => {
      await start()
      add({ kind: 'error', error: 'SASL_AUTHENTICATION_FAILED', api: 'SaslAuthenticate', times: 1 })
      await assert.rejects(connect(), /refused/)
      ;(await connect()).close()
    })
  })

  it('delays', async () => {
    await start('--fault', 'delay,api=Heartbeat,ms=80,times=1')
    const began = Date.now()
    await heartbeat()
    assert.ok(Date.now() - began >= 79)
  })

  it('sends an answer late, to what was done at once', async () => {
    await start()
    add({ kind: 'late', ms: 300, api: 'OffsetCommit', times: 1 })
    let isAnswered = false
    const answer = client.request(8, 2, (writer) => {
      writer.string('g').int32(-1).string('').int64(-1n)
      writer.int32(1).string(WEB).int32(1).int32(0).int64(FIRST).nullableString(null)
    })
    const answered = answer.then(() => {
      isAnswered = true
    })
    while (!endpoint.groups.committedOffsets('g')) await delay(1)
    assert.equal(isAnswered, false)
    await answered
  })

  it('loses answers to what was done', async () => {
    await start()
    add({ kind: 'drop', api: 'OffsetCommit', times: 1 })
    client.send(8, 2, (writer) => {
      writer.string('g').int32(-1).string('').int64(-1n)
      writer.int32(1).string(WEB).int32(1).int32(0).int64(FIRST).nullableString(null)
    })
    assert.ok((await heartbeat()).remaining > 0, 'the next answer comes')
    assert.equal(endpoint.groups.committedOffsets('g')?.get(WEB, 0)?.offset, FIRST)
  })

  it('closes in the middle of the login', async () => {
    await start()
    add({ kind: 'close', api: 'SaslAuthenticate', times: 1 })
    await assert.rejects(connect())
    assert.deepEqual([endpoint.counters.acceptedLogins, endpoint.counters.refusedLogins], [1, 0])
    ;(await connect()).close()
  })

  it('freezes the connections of some requests: bytes are taken, nothing is answered', async () => {
    await start()
    add({ kind: 'freeze', api: 'Heartbeat', clientId: 'ra', times: 1 })
    client.send(HEARTBEAT, 0, (writer) => writer.string('g').int32(0).string('m'))
    client.send(METADATA, 0, (writer) => writer.int32(0))
    const answer = client.receive()
    assert.equal(await Promise.race([answer, delay(SILENCE_MS, 'silence')]), 'silence')

    const other = await connect()
    assert.ok(await other.request(LIST_GROUPS, 0), 'other connections are answered')
    endpoint.clearFaults()
    await assert.rejects(answer)
    assert.ok(await other.request(LIST_GROUPS, 0))
    other.close()
  })

  it('freezes all that are connected, also while they wait for an answer', async () => {
    await start()
    const end = FIRST + (1n << 17n)
    const waiting = fetchRaw(client, WEB, { offsets: [end], maxWaitMs: 60_000 })
    while (!endpoint.counters.requestsByApi['Fetch']) await delay(5)
    assert.equal(endpoint.freezeConnections(), 1)
    endpoint.project.logstore(WEB)?.append(textLogs('news'), { shard: 0 })
    assert.equal(await Promise.race([waiting, delay(SILENCE_MS, 'silence')]), 'silence')
    ;(await connect()).close()
    endpoint.clearFaults()
    await assert.rejects(waiting)
  })

  it('answers nonsense: what a web server says, or any bytes', async () => {
    await start()
    add({ kind: 'nonsense', api: 'Heartbeat', times: 1 })
    await assert.rejects(heartbeat(), /bytes/)

    client.close()
    client = await connect()
    const bytes = Buffer.from([0, 0, 0, 3, 1, 2, 3])
    add({ kind: 'nonsense', api: 'Heartbeat', bytes: bytes.toString('base64') })
    client.send(HEARTBEAT, 0, (writer) => writer.string('g').int32(0).string('m'))
    assert.deepEqual(await client.receive(), bytes.subarray(4))
  })

  it('announces any length, and sends as much as is taken', async () => {
    await start()
    add({ kind: 'flood', api: 'Heartbeat', length: 100_000, times: 1 })
    client.send(HEARTBEAT, 0, (writer) => writer.string('g').int32(0).string('m'))
    assert.deepEqual(await client.receive(), Buffer.alloc(100_000))
    add({ kind: 'flood', api: 'Heartbeat', length: -5 })
    await assert.rejects(heartbeat())
  })

  it('asks clients for a rest', async () => {
    await start()
    add({ kind: 'throttle', api: 'Fetch', ms: 1234, times: 1 })
    assert.equal((await fetchRaw(client, WEB, { offsets: [FIRST] })).throttleMs, 1234)
    assert.equal((await fetchRaw(client, WEB, { offsets: [FIRST] })).throttleMs, 0)
  })

  it('adds up faults of the same request', async () => {
    await start()
    add({ kind: 'throttle', ms: 7 })
    add({ kind: 'error', error: 'KAFKA_STORAGE_ERROR', shard: 0 })
    const { throttleMs, shards } = await fetchRaw(client, WEB, { offsets: [FIRST, FIRST] })
    assert.equal(throttleMs, 7)
    assert.deepEqual(
      shards.map(({ error }) => error),
      [ErrorCode.KAFKA_STORAGE_ERROR, 0],
    )
  })

  /** The error of the logstore, then those of its shards. */
  async function metadataErrors(): Promise<number[]> {
    const answer = await client.request(METADATA, 0, (writer) => writer.int32(1).string(WEB))
    answer.array(() => [answer.int32(), answer.string(), answer.int32()])
    const topics = answer.array(() => {
      const error = answer.int16()
      answer.string()
      const shards = answer.array(() => {
        const shardError = answer.int16()
        answer.int32()
        answer.int32()
        answer.array(() => answer.int32())
        answer.array(() => answer.int32())
        return shardError
      })
      return [error, ...shards]
    })
    return topics.flat()
  }
})
