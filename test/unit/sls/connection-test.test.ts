import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { KafkaAdmin } from '../../../lib/kafka/admin'
import { runConnectionTest, type StepResult } from '../../../lib/sls/connection-test'
import { optionsFor, type ServiceAddress } from '../../../tools/shared/consumer-options'
import { startEmulator, type RunningEmulator } from '../../../tools/emulator/process'
import { SILENT_LOGGER } from '../../../lib/logger'

interface Changes {
  readonly host?: string
  readonly port?: number
  readonly ca?: string
  readonly secret?: string
  readonly logstore?: string
  readonly servername?: string
}

describe('sls/connection-test on the emulator', () => {
  let endpoint: RunningEmulator

  before(async () => {
    endpoint = await startEmulator({ logstores: { 'access-log': 3 } })
  })

  after(async () => {
    await endpoint.stop()
  })

  async function run(
    changes: Changes = {},
    timeout?: number,
    signal?: AbortSignal,
  ): Promise<StepResult[]> {
    const { host = 'localhost', port = endpoint.port, ca = endpoint.ca } = changes
    const service: ServiceAddress = {
      ...endpoint,
      port,
      ca,
      accessKeySecret: changes.secret ?? endpoint.accessKeySecret,
    }
    const consumer = optionsFor(service, {
      logstore: changes.logstore ?? 'access-log',
      group: 'never-joined',
    })
    const client = new KafkaAdmin({ consumer, clientId: 'connection-test', logger: SILENT_LOGGER })
    const results: StepResult[] = []
    const servername = changes.servername !== undefined && { servername: changes.servername }
    const target = { address: { host, port }, tls: { ca, ...servername } }
    for await (const result of runConnectionTest(target, client, timeout, signal))
      results.push(result)
    return results
  }

  function summary(results: readonly StepResult[]): string {
    return results.map(({ step, failure }) => failure?.code ?? step).join(' > ')
  }

  it('reaches every step, finds the shards and joins no group', async () => {
    const results = await run()
    assert.equal(summary(results), 'name > port > tls > access-key > logstore')
    assert.deepEqual(results.at(-1)?.found, [0, 1, 2])
    assert.ok(results.every(({ took }) => took >= 0 && took < 10_000))
    const { groups } = await endpoint.state()
    assert.deepEqual(groups, [])
  })

  const cases: readonly [string, () => Changes, string][] = [
    [
      'a name that does not resolve',
      () => ({ host: 'no-such-host.invalid' }),
      'SLS_HOST_NOT_FOUND',
    ],
    ['a port that is closed', () => ({ port: 1 }), 'name > SLS_UNREACHABLE'],
    ['a certificate that is not trusted', () => ({ ca: '' }), 'name > port > SLS_TLS_FAILED'],
    ['a wrong AccessKey', () => ({ secret: 'no' }), 'name > port > tls > SLS_AUTH_FAILED'],
    [
      'an unknown logstore',
      () => ({ logstore: 'no-such-log' }),
      'name > port > tls > access-key > SLS_LOGSTORE_NOT_FOUND',
    ],
  ]
  for (const [what, changes, expected] of cases) {
    it(`stops at ${what} and says so`, async () => {
      assert.equal(summary(await run(changes())), expected)
    })
  }

  it('says for which names the certificate was issued, and which one is expected', async () => {
    const [, , tls] = await run({ servername: 'sls.example' })
    const { code, reason, otherName } = tls?.failure ?? {}
    assert.deepEqual([code, reason], ['SLS_TLS_FAILED', 'other-name'])
    assert.match(otherName?.issuedFor ?? '', /^localhost, /)
    assert.equal(otherName?.expected, 'sls.example')
  })

  it('checks the certificate for an IP address', async () => {
    const [, , tls] = await run({ host: '127.0.0.1', servername: '192.0.2.1' })
    assert.equal(tls?.failure?.otherName?.expected, '192.0.2.1')
  })

  it('waits for a silent peer no longer than it should', async () => {
    const silent: Server = createServer((socket) => socket.on('error', () => undefined))
    silent.listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const { port } = silent.address() as AddressInfo
    const results = await run({ host: '127.0.0.1', port }, 200)
    silent.close()
    assert.equal(summary(results), 'name > port > SLS_UNREACHABLE')
    assert.match(results.at(-1)?.failure?.detail ?? '', /no response within 0\.2 s/)
  })

  it('fails the current step at once when the signal aborts', async () => {
    const silent: Server = createServer((socket) => socket.on('error', () => undefined))
    silent.listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const { port } = silent.address() as AddressInfo
    const gone = new AbortController()
    silent.once('connection', () => {
      gone.abort()
    })
    const results = await run({ host: '127.0.0.1', port }, 60_000, gone.signal)
    silent.close()
    assert.deepEqual(results.at(-1)?.failure?.detail, 'the test was aborted')
  })

  it('leaves no connection open', async () => {
    await run()
    // The service sees a connection end a moment after us.
    while ((await endpoint.state()).connections.open > 0);
  })
})
