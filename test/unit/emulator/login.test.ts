import assert from 'node:assert/strict'
import { supportedApis } from '../../../tools/emulator/apis'
import type { Emulator } from '../../../tools/emulator/emulator'
import { ErrorCode } from '../../../tools/emulator/protocol/error-codes'
import { parsePlainToken } from '../../../tools/emulator/sasl'
import { startEndpoint } from './support/endpoint'
import { plainToken, RawClient } from './support/raw-client'

const SASL_HANDSHAKE = 17
const API_VERSIONS = 18
const METADATA = 3
const SASL_AUTHENTICATE = 36
const PASSWORD = 'local-id#local-secret'

describe('login', () => {
  let endpoint: Emulator
  let client: RawClient
  const logged: string[] = []

  before(async () => {
    endpoint = await startEndpoint([], { log: (line) => logged.push(line) })
  })

  after(async () => {
    await endpoint.stop()
  })

  beforeEach(async () => {
    client = await RawClient.connect(endpoint)
  })

  afterEach(() => {
    client.close()
  })

  const handshake = async (version: number, mechanism = 'PLAIN'): Promise<number> => {
    const answer = await client.request(SASL_HANDSHAKE, version, (writer) =>
      writer.string(mechanism),
    )
    const error = answer.int16()
    assert.deepEqual(
      answer.array(() => answer.string()),
      ['PLAIN'],
    )
    return error
  }
  const authenticate = async (version: number, token: Buffer): Promise<number> => {
    const answer = await client.request(SASL_AUTHENTICATE, version, (writer) => writer.bytes(token))
    const error = answer.int16()
    answer.nullableString()
    answer.bytes()
    if (version >= 1) assert.equal(answer.int64(), 0n)
    assert.equal(answer.remaining, 0)
    return error
  }
  const canWork = async (): Promise<boolean> => {
    const answer = await client.request(METADATA, 0, (writer) => writer.int32(0))
    return answer.remaining > 0
  }

  it('takes handshake v1 with SaslAuthenticate v0 and v1', async () => {
    assert.equal(await handshake(1), ErrorCode.NONE)
    assert.equal(await authenticate(0, plainToken('', 'local-project', PASSWORD)), ErrorCode.NONE)
    assert.ok(await canWork())

    client.close()
    client = await RawClient.connect(endpoint)
    await handshake(1)
    assert.equal(await authenticate(1, plainToken('', 'local-project', PASSWORD)), ErrorCode.NONE)
  })

  it('takes handshake v0 with a bare token, and the user name as authorization id', async () => {
    assert.equal(await handshake(0), ErrorCode.NONE)
    client.sendFrame(plainToken('local-project', 'local-project', PASSWORD))
    assert.equal((await client.receive()).length, 0)
    assert.ok(await canWork())
  })

  it('closes after a wrong bare token', async () => {
    await handshake(0)
    client.sendFrame(plainToken('', 'local-project', 'local-id#wrong'))
    await assert.rejects(client.receive(), /closed/)
  })

  for (const [what, user, password] of [
    ['a wrong secret', 'local-project', 'local-id#wrong'],
    ['a wrong id', 'local-project', 'other#local-secret'],
    ['an unknown project', 'other-project', PASSWORD],
    ['a password without #', 'local-project', 'local-id'],
  ] as const) {
    it(`answers 58 and closes on ${what}`, async () => {
      await handshake(1)
      assert.equal(await authenticate(0, plainToken('', user, password)), 58)
      await assert.rejects(client.receive(), /closed/)
    })
  }

  it('answers 33 and closes on another mechanism', async () => {
    assert.equal(await handshake(1, 'SCRAM-SHA-256'), ErrorCode.UNSUPPORTED_SASL_MECHANISM)
    await assert.rejects(client.receive(), /closed/)
  })

  it('closes on a request before the login, with a line in the log', async () => {
    await assert.rejects(
      client.request(METADATA, 0, (writer) => writer.int32(0)),
      /closed/,
    )
    assert.match(logged.at(-1) ?? '', /Metadata before the login/)
  })

  it('answers 34 on a second login, and goes on', async () => {
    await client.login(endpoint)
    assert.equal(await handshake(1), ErrorCode.ILLEGAL_SASL_STATE)
    assert.ok(await canWork())
  })

  it('lists the versions of Kafka 2.2, without a login', async () => {
    const answer = await client.request(API_VERSIONS, 2)
    assert.equal(answer.int16(), ErrorCode.NONE)
    const ranges = answer.array(() => `${answer.int16()}: ${answer.int16()}-${answer.int16()}`)
    assert.equal(answer.int32(), 0)
    assert.equal(answer.remaining, 0)
    assert.deepEqual(ranges, [
      '0: 3-7',
      '1: 4-10',
      '2: 1-5',
      '3: 0-7',
      '8: 1-6',
      '9: 1-5',
      '10: 0-2',
      '11: 0-4',
      '12: 0-2',
      '13: 0-2',
      '14: 0-2',
      '15: 0-2',
      '16: 0-2',
      '17: 0-1',
      '18: 0-2',
      '32: 0-2',
      '36: 0-1',
      '42: 0-1',
    ])
  })

  it('answers ApiVersions v3 in the form of v0 with error 35, and goes on', async () => {
    const answer = await client.request(API_VERSIONS, 3, (writer) => writer.int32(0x01020304))
    assert.equal(answer.int16(), ErrorCode.UNSUPPORTED_VERSION)
    assert.equal(answer.int32(), 0)
    assert.equal(answer.remaining, 0)
    assert.equal((await client.request(API_VERSIONS, 0)).int16(), ErrorCode.NONE)
  })

  it('closes on a version and on an API that are not served, with a line in the log', async () => {
    await client.login(endpoint)
    await assert.rejects(client.request(METADATA, 8), /closed/)
    assert.match(logged.at(-1) ?? '', /Metadata version 8, asked by "raw", is not served/)

    const other = await (await RawClient.connect(endpoint)).login(endpoint)
    await assert.rejects(other.request(22, 0), /closed/)
    assert.match(logged.at(-1) ?? '', /API 22 version 0/)
  })

  it('offers less as Kafka 2.1', async () => {
    const max = new Map(supportedApis('2.1').map((api) => [api.name, api.max]))
    assert.equal(max.get('JoinGroup'), 3)
    assert.equal(max.get('SaslAuthenticate'), 0)
    assert.equal(max.get('ListOffsets'), 4)
    const older = await startEndpoint(['--kafka', '2.1'])
    try {
      const raw = await RawClient.connect(older)
      await raw.login(older)
      await assert.rejects(raw.request(11, 4), /closed/)
    } finally {
      await older.stop()
    }
  })
})

describe('parsePlainToken', () => {
  it('splits the password at the first #', () => {
    assert.deepEqual(parsePlainToken(plainToken('', 'p', 'id#se#cret')), {
      projectName: 'p',
      accessKey: { id: 'id', secret: 'se#cret' },
    })
  })

  it('refuses another authorization id and other numbers of parts', () => {
    assert.equal(parsePlainToken(plainToken('x', 'p', 'id#secret')), undefined)
    assert.equal(parsePlainToken(Buffer.from('p\0id#secret')), undefined)
    assert.equal(parsePlainToken(Buffer.from('\0p\0id#secret\0')), undefined)
  })
})
