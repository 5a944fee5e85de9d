import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { KafkaAdmin } from '../../../lib/kafka/admin'
import { probe, type ProbeResult } from '../../../lib/sls/probe'
import { optionsFor, type ServiceAddress } from '../../support/consumer-options'
import { startEmulator, type RunningEmulator } from '../../support/emulator'
import { SILENT_LOGGER } from '../../../lib/logger'

interface Changes {
  readonly host?: string
  readonly port?: number
  readonly ca?: string
  readonly secret?: string
  readonly logstore?: string
}

describe('sls/probe on the local endpoint', () => {
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
  ): Promise<ProbeResult[]> {
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
    const client = new KafkaAdmin({ consumer, clientId: 'probe', logger: SILENT_LOGGER })
    const results: ProbeResult[] = []
    const target = { address: { host, port }, tls: { ca } }
    for await (const result of probe(target, client, timeout, signal)) results.push(result)
    return results
  }

  function summary(results: readonly ProbeResult[]): string {
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

  it('waits for a silent peer no longer than it should', async () => {
    const silent: Server = createServer((socket) => socket.on('error', () => undefined))
    silent.listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const { port } = silent.address() as AddressInfo
    const results = await run({ host: '127.0.0.1', port }, 200)
    silent.close()
    assert.equal(summary(results), 'name > port > SLS_UNREACHABLE')
    assert.match(results.at(-1)?.failure?.detail ?? '', /no answer in 0\.2 s/)
  })

  it('ends at once when nobody waits for it any more', async () => {
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
    assert.deepEqual(results.at(-1)?.failure?.detail, 'nobody waits for it any more')
  })

  it('leaves no connection open', async () => {
    await run()
    // The service sees a connection end a moment after us.
    while ((await endpoint.state()).connections.open > 0);
  })
})
