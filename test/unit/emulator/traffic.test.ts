import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect as connectTcp } from 'node:net'
import type { Emulator } from '../../../tools/emulator/emulator'
import { parseFault, type FaultDescription } from '../../../tools/emulator/faults/parse-fault'
import { Traffic, type RequestTraffic } from '../../../tools/emulator/traffic'
import { startEmulator } from '../../../tools/emulator/process'
import { startEndpoint } from './support/endpoint'
import { plainToken, RawClient } from './support/raw-client'

const HEARTBEAT = 12
const LIST_GROUPS = 16
const WEB = 'web-log'

describe('traffic', () => {
  let endpoint: Emulator
  let client: RawClient

  beforeEach(async () => {
    endpoint = await startEndpoint(['--logstore', `${WEB}:2`])
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
  const heartbeats = (): RequestTraffic | undefined =>
    endpoint.traffic.report().requests['Heartbeat']
  const listGroups = (): Promise<unknown> => client.request(LIST_GROUPS, 0)

  it('tells when requests arrived, on both clocks', async () => {
    const before = { atMs: performance.now(), wallMs: Date.now() }
    await listGroups()
    const { requests, now } = endpoint.traffic.report()
    const [entry] = requests['ListGroups']?.recent ?? []
    assert.ok(entry)
    assert.ok(entry.atMs >= before.atMs && entry.atMs <= now.atMs)
    assert.ok(entry.wallMs >= before.wallMs && entry.wallMs <= now.wallMs)
    assert.equal(entry.isFailing, false)
  })

  for (const description of [
    { kind: 'error', error: 16 },
    { kind: 'drop' },
    { kind: 'drip', ms: 1 },
    { kind: 'garble' },
    { kind: 'nonsense' },
    { kind: 'flood', length: 10 },
    { kind: 'close' },
    { kind: 'freeze' },
  ]) {
    it(`counts a request as failing that meets the fault ${description.kind}`, async () => {
      add({ ...description, api: 'Heartbeat' })
      sendHeartbeat()
      while (!heartbeats()) await new Promise((resolve) => setImmediate(resolve))
      assert.equal(heartbeats()?.failing, 1)
      assert.deepEqual(
        heartbeats()?.recent.map(({ isFailing }) => isFailing),
        [true],
      )
    })
  }

  it('does not count a delayed or throttled request as failing', async () => {
    add({ kind: 'delay', ms: 1 })
    add({ kind: 'throttle', ms: 1 })
    await listGroups()
    assert.equal(endpoint.traffic.report().requests['ListGroups']?.failing, 0)
  })

  it('does not count a request as failing that an error of another shard leaves alone', async () => {
    add({ kind: 'error', error: 6, shard: 1 })
    await client.request(3, 0, (writer) => writer.int32(1).string('missing-log'))
    assert.equal(endpoint.traffic.report().requests['Metadata']?.failing, 0)
  })

  it('counts what arrives on a half-open connection', async () => {
    endpoint.freezeConnections()
    sendHeartbeat()
    while (!heartbeats()) await new Promise((resolve) => setImmediate(resolve))
    assert.equal(heartbeats()?.failing, 1)
  })

  it('lists accepted connections with the APIs requested on each', async () => {
    await listGroups()
    await listGroups()
    const { connections } = endpoint.traffic.report()
    assert.equal(connections.total, 1)
    assert.deepEqual(connections.recent[0]?.apis, [
      'SaslHandshake',
      'SaslAuthenticate',
      'ListGroups',
    ])
  })

  it('lists a connection without a TLS handshake', async () => {
    const socket = connectTcp({ host: 'localhost', port: endpoint.listener.port })
    await once(socket, 'connect')
    while (endpoint.traffic.report().connections.total < 2) {
      await new Promise((resolve) => setImmediate(resolve))
    }
    socket.destroy()
    assert.deepEqual(endpoint.traffic.report().connections.recent[1]?.apis, [])
  })

  it('lists refused logins', async () => {
    const stranger = await RawClient.connect(endpoint)
    await stranger.request(17, 1, (writer) => writer.string('PLAIN'))
    await stranger.request(36, 0, (writer) => writer.bytes(plainToken('', 'unknown', 'no#thing')))
    stranger.close()
    const { refusedLogins } = endpoint.traffic.report()
    assert.deepEqual([refusedLogins.total, refusedLogins.recent.length], [1, 1])
  })

  it('keeps the newest 20,000 requests and the count of all', () => {
    const traffic = new Traffic()
    for (let request = 0; request < 45_000; request += 1) {
      const record = traffic.noteRequest('Fetch', undefined)
      if (request >= 40_000) record.fail()
    }
    const { total, failing, recent } = traffic.report().requests['Fetch'] ?? {}
    assert.deepEqual([total, failing, recent?.length], [45_000, 5_000, 20_000])
    assert.equal(recent?.filter(({ isFailing }) => isFailing).length, 5_000)
  })

  it('is told to other processes through the control channel', async () => {
    const emulator = await startEmulator({ logstores: { [WEB]: 1 } })
    try {
      const { connections, requests } = await emulator.traffic()
      assert.deepEqual([connections.total, requests], [0, {}])
    } finally {
      await emulator.stop()
    }
  })
})
