import assert from 'node:assert/strict'
import { once } from 'node:events'
import { makeCertificate, type Certificate } from '../../../tools/emulator/certificate'
import { marksOf } from '../../../lib/errors'
import {
  Connection,
  type ConnectionEvent,
  type ConnectionOptions,
} from '../../../lib/kafka/connection/connection'
import { heartbeat, joinGroup, listGroups } from '../../../lib/kafka/group/group-requests'
import { UnsupportedApiError } from '../../../lib/kafka/protocol'
import { meaningOf } from '../../../lib/sls/error-meanings'
import { ManualClock } from '../../support/manual-clock'
import { beat, groupList, ScriptedBroker, type BrokerScript } from '../../support/scripted-broker'

const HEARTBEAT = heartbeat({ group: 'g', generation: 1, memberId: 'm' })
const JOIN = joinGroup({
  group: 'g',
  memberId: 'm',
  sessionTimeoutMs: 60_000,
  rebalanceTimeoutMs: 60_000,
  protocols: [],
})

describe('kafka/connection', () => {
  let certificate: Certificate
  let clock: ManualClock
  let broker: ScriptedBroker
  let connection: Connection | null

  before(async () => {
    certificate = await makeCertificate('localhost')
  })

  beforeEach(() => {
    clock = new ManualClock()
    connection = null
  })

  afterEach(async () => {
    connection?.close()
    await broker.stop()
    assert.equal(clock.pending, 0, 'a timer was left')
  })

  async function connected(
    script: Partial<BrokerScript> = {},
    options: Partial<ConnectionOptions> = {},
  ): Promise<Connection> {
    broker = await ScriptedBroker.start({ certificate, ...script })
    const { address, project } = broker
    connection = await Connection.open(
      { address, project, clientId: 'client', clock, ...options },
      new AbortController().signal,
    )
    return connection
  }

  /** How the connection ends. */
  function ended(): Promise<(Error & { code?: string }) | null> {
    return new Promise((resolve) => connection?.onEnd(resolve))
  }

  it('reads the response to a request, and knows what the broker offers', async () => {
    const open = await connected()
    const groups = open.send(listGroups())
    const request = await broker.next('ListGroups')
    request.respond(groupList(['a', 'b']))
    assert.deepEqual(await groups, { throttleMs: 0, errorCode: 0, groups: ['a', 'b'] })
    assert.equal(request.clientId, 'client')
    assert.deepEqual(open.versions.get(16), { least: 0, greatest: 2 })
  })

  it('reads a response into the memory of one before it that was released', async () => {
    const open = await connected()
    const bodies: Buffer[] = []
    const asking = (isReleased: boolean): Promise<unknown> =>
      open.send({
        ...listGroups(),
        decode: (body, _version, onReleased) => {
          bodies.push(body)
          if (isReleased) onReleased?.()
          return Promise.resolve({ throttleMs: 0 })
        },
      })
    for (const isReleased of [true, false, true]) {
      const asked = asking(isReleased)
      ;(await broker.next('ListGroups')).respond(Buffer.alloc(600_000, bodies.length))
      await asked
    }
    const [first, second, third] = bodies
    assert.ok(first && second && third)
    assert.ok(second.buffer === first.buffer)
    assert.ok(second.equals(Buffer.alloc(600_000, 1)))
    assert.ok(third.buffer !== second.buffer)
  })

  it('gives each request its own response when they come in another order', async () => {
    const open = await connected()
    const beats = open.send(HEARTBEAT)
    const first = await broker.next('Heartbeat')
    const groups = open.send(listGroups())
    const second = await broker.next('ListGroups')
    second.respond(groupList(['a']))
    assert.deepEqual((await groups).groups, ['a'])
    assert.equal(open.pendingCount, 1)
    await clock.advance(4_900)
    first.respond(beat(27))
    assert.equal((await beats).errorCode, 27)
    assert.equal(open.pendingCount, 0)
  })

  it('ends 5 s after a response overtook an earlier request', async () => {
    const open = await connected()
    const beats = open.send(HEARTBEAT)
    const rejected = assert.rejects(beats, {
      code: 'ETIMEDOUT',
      message: 'the service stopped answering',
    })
    await broker.next('Heartbeat')
    const groups = open.send(listGroups(), 60_000)
    ;(await broker.next('ListGroups')).respond(groupList([]))
    await groups
    await clock.advance(4_999)
    assert.equal(open.isOpen, true)
    await clock.advance(1)
    await rejected
    assert.equal(open.isOpen, false)
  })

  it('ends at a response that no request asked for', async () => {
    const open = await connected()
    const beats = open.send(HEARTBEAT)
    const { socket } = await broker.next('Heartbeat')
    socket.write(Buffer.from([0, 0, 0, 4, 0, 0, 9, 9]))
    await assert.rejects(beats, { name: 'MalformedResponseError' })
  })

  it('ends after 10 s of silence and what the service may take longer', async () => {
    const open = await connected()
    const beats = open.send(HEARTBEAT, 20_000)
    await broker.next('Heartbeat')
    await clock.advance(29_900)
    assert.equal(open.isOpen, true)
    const rejected = assert.rejects(beats, { code: 'ETIMEDOUT' })
    await clock.advance(200)
    await rejected
  })

  it('ends although it is written to all the time', async () => {
    const open = await connected()
    const sends: Promise<unknown>[] = []
    for (let second = 0; second < 11; second++) {
      sends.push(open.send(HEARTBEAT).catch((error: unknown) => error))
      await clock.advance(1_000)
    }
    assert.equal(open.isOpen, false)
    for (const outcome of await Promise.all(sends)) assert.ok(outcome instanceof Error)
  })

  it('keeps an idle connection', async () => {
    const open = await connected()
    await clock.advance(3_600_000)
    assert.equal(open.isOpen, true)
  })

  it('ends if an unfinished response brings less than 4 KiB in 10 s', async () => {
    const arriving: ConnectionEvent[] = []
    const open = await connected({}, { onEvent: (event) => arriving.push(event) })
    const beats = open.send(HEARTBEAT, 600_000).catch((error: unknown) => error as Error)
    const { socket } = await broker.next('Heartbeat')
    const part = (bytes: number): Promise<void> => heard(socket, Buffer.alloc(bytes), arriving)
    const length = [0, 1, 0, 0]
    await heard(socket, Buffer.concat([Buffer.from(length), Buffer.alloc(4_092)]), arriving)
    for (let round = 0; round < 3; round++) {
      await part(5_000)
      await clock.advance(10_000)
      assert.equal(open.isOpen, true, `round ${round}`)
    }
    await part(4_000)
    await clock.advance(10_000)
    assert.equal(((await beats) as { code?: string }).code, 'ETIMEDOUT')
  })

  async function heard(
    socket: { write(bytes: Buffer): unknown },
    bytes: Buffer,
    arriving: readonly ConnectionEvent[],
  ): Promise<void> {
    const before = arriving.length
    socket.write(bytes)
    while (arriving.length === before) await new Promise((resolve) => setImmediate(resolve))
  }

  for (const length of [100 * 1_048_576 + 1, 2 ** 31 - 1, -5]) {
    it(`ends at once when a response of ${length} bytes is announced`, async () => {
      const open = await connected()
      const beats = open.send(HEARTBEAT)
      const head = Buffer.alloc(4)
      head.writeInt32BE(length)
      ;(await broker.next('Heartbeat')).socket.write(head)
      await assert.rejects(beats, {
        code: 'RESPONSE_TOO_LARGE',
        message: `a response of ${length} bytes; at most 104857600 are read`,
      })
    })
  }

  it('ends with the reason when a response cannot be read', async () => {
    const open = await connected()
    const end = ended()
    const beats = open.send(HEARTBEAT)
    ;(await broker.next('Heartbeat')).respond(Buffer.alloc(3))
    await assert.rejects(beats, (error: Error) => error.cause instanceof RangeError)
    const error = await end
    assert.ok(error?.cause instanceof RangeError)
    assert.equal(meaningOf(marksOf(error)), 'SLS_SERVICE_ERROR')
  })

  it('writes the next request after the throttle time of a response', async () => {
    const events: ConnectionEvent[] = []
    const open = await connected({}, { onEvent: (event) => events.push(event) })
    broker.on('Heartbeat', (request) => {
      request.respond(beat(0, 3_000))
    })
    await open.send(HEARTBEAT)
    const groups = open.send(listGroups())
    await clock.advance(2_999)
    assert.equal(broker.log.includes('ListGroups'), false)
    await clock.advance(1)
    ;(await broker.next('ListGroups')).respond(groupList([]))
    await groups
    assert.deepEqual(events, [{ type: 'throttled', milliseconds: 3_000, api: 'Heartbeat' }])
  })

  it('waits a minute at most, and measures silence from then on', async () => {
    const events: ConnectionEvent[] = []
    const open = await connected({}, { onEvent: (event) => events.push(event) })
    broker.on('Heartbeat', (request) => {
      request.respond(beat(0, 2 ** 31 - 1))
    })
    await open.send(HEARTBEAT)
    const groups = open.send(listGroups()).catch((error: unknown) => error)
    await clock.advance(60_000)
    await broker.next('ListGroups')
    await clock.advance(9_900)
    assert.equal(open.isOpen, true)
    await clock.advance(200)
    assert.ok((await groups) instanceof Error)
    assert.deepEqual(throttled(events), [60_000])
  })

  it('does not wait where the service has waited itself', async () => {
    const events: ConnectionEvent[] = []
    const open = await connected(
      { greatest: { Heartbeat: 1 } },
      { onEvent: (event) => events.push(event) },
    )
    broker.on('Heartbeat', (request) => {
      request.respond(beat(0, 3_000))
    })
    await open.send(HEARTBEAT)
    await open.send(HEARTBEAT)
    assert.deepEqual(throttled(events), [3_000, 3_000])
  })

  it('ends without an error when the service closes it and nothing is pending', async () => {
    const open = await connected()
    const end = ended()
    for (const socket of broker.sockets) socket.end()
    assert.equal(await end, null)
    assert.equal(open.isOpen, false)
    await assert.rejects(open.send(HEARTBEAT), { code: 'ECONNABORTED' })
  })

  it('ends with an error when the service closes it and a response is pending', async () => {
    const open = await connected()
    const end = ended()
    const beats = open.send(HEARTBEAT)
    ;(await broker.next('Heartbeat')).socket.end()
    await assert.rejects(beats, { code: 'ECONNRESET' })
    assert.equal(meaningOf(marksOf(await end)), 'SLS_UNREACHABLE')
  })

  it('rejects what is pending when it is closed, and calls a late listener as well', async () => {
    const open = await connected()
    const beats = open.send(HEARTBEAT)
    const { socket } = await broker.next('Heartbeat')
    const rejected = assert.rejects(beats, { message: 'the connection was closed' })
    open.close()
    await rejected
    assert.equal(await ended(), null)
    if (!socket.destroyed) await once(socket, 'close')
  })

  it('goes on when a listener throws', async () => {
    const open = await connected({}, { onEvent: () => assert.fail('thrown by the listener') })
    broker.on('Heartbeat', (request) => {
      request.respond(beat(0, 1))
    })
    assert.equal((await open.send(HEARTBEAT)).throttleMs, 1)
    open.onEnd(() => assert.fail('thrown by the listener'))
    const end = ended()
    open.end(new Error('enough'))
    assert.equal((await end)?.message, 'enough')
  })

  it('says what it needs, and writes nothing, where the broker lacks a version', async () => {
    const open = await connected({ greatest: { JoinGroup: 0, Heartbeat: -1 } })
    await assert.rejects(open.send(JOIN), (error) => {
      assert.ok(error instanceof UnsupportedApiError)
      assert.equal(
        error.message,
        `JoinGroup is needed in one of the versions 1 to 5; localhost:${broker.port} offers versions 0 to 0`,
      )
      return true
    })
    await assert.rejects(open.send(HEARTBEAT), /localhost:\d+ does not offer it/)
    assert.equal(open.isOpen, true)
    assert.deepEqual(broker.log, ['ApiVersions', 'SaslHandshake', 'SaslAuthenticate'])
  })

  it('knows since when a member waits for its group', async () => {
    const open = await connected()
    assert.equal(open.groupWait, null)
    const sinceMs = clock.monotonic()
    const join = open.send(JOIN, 60_000).catch(() => undefined)
    await broker.next('JoinGroup')
    await clock.advance(65_000)
    assert.deepEqual(open.groupWait, { request: 'join', sinceMs })
    open.close()
    await join
    assert.equal(open.groupWait, null)
  })
})

function throttled(events: readonly ConnectionEvent[]): number[] {
  return events.flatMap((event) => (event.type === 'throttled' ? [event.milliseconds] : []))
}
