import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import type { Emulator } from '../../../tools/emulator/emulator'
import { ErrorCode } from '../../../tools/emulator/protocol/error-codes'
import { startEndpoint } from './support/endpoint'
import { plainToken, RawClient } from './support/raw-client'

const METADATA = 3
const SASL_HANDSHAKE = 17
const SASL_AUTHENTICATE = 36
const LIFETIME_MS = 200

describe('a login of the emulator with a lifetime', () => {
  let endpoint: Emulator
  let client: RawClient

  beforeEach(async () => {
    endpoint = await startEndpoint(['--session-lifetime', String(LIFETIME_MS)])
    client = await RawClient.connect(endpoint)
  })

  afterEach(async () => {
    client.close()
    await endpoint.stop()
  })

  /** Resolves with the lifetime that the response tells, ms. */
  async function login(): Promise<bigint> {
    const { id, secret } = endpoint.access.accessKey
    const handshake = await client.request(SASL_HANDSHAKE, 1, (writer) => writer.string('PLAIN'))
    assert.equal(handshake.int16(), ErrorCode.NONE)
    const answer = await client.request(SASL_AUTHENTICATE, 1, (writer) =>
      writer.bytes(plainToken('', endpoint.access.projectName, `${id}#${secret}`)),
    )
    assert.equal(answer.int16(), ErrorCode.NONE)
    answer.nullableString()
    answer.bytes()
    return answer.int64()
  }

  const ask = (): Promise<unknown> => client.request(METADATA, 0, (writer) => writer.int32(0))

  it('tells the lifetime', async () => {
    assert.equal(await login(), BigInt(LIFETIME_MS))
  })

  it('closes the connection at the first request after its end', async () => {
    await login()
    await ask()
    await delay(LIFETIME_MS)
    await assert.rejects(ask(), /closed/)
  })

  it('lasts on when the client logs in again on the same connection', async () => {
    await login()
    await delay(LIFETIME_MS)
    assert.equal(await login(), BigInt(LIFETIME_MS))
    await ask()
    assert.equal(endpoint.counters.acceptedLogins, 2)
    assert.equal(endpoint.counters.connections, 1)
  })

  it('is endless again after the switch is put back', async () => {
    endpoint.switches.change({ sessionLifetimeMs: undefined })
    assert.equal(await login(), 0n)
    const again = await client.request(SASL_HANDSHAKE, 1, (writer) => writer.string('PLAIN'))
    assert.equal(again.int16(), ErrorCode.ILLEGAL_SASL_STATE)
  })
})
