import assert from 'node:assert/strict'
import { request } from 'node:http'
import { startNodeRed, type NodeRed } from '../../../tools/shared/node-red'
import { adminAuth, logIn } from '../support/admin-users'
import { endedAfterAll } from '../../support/suite'

/** Every route of this package. */
const ROUTES = [
  ['GET', '/sls-kafka/health'],
  ['GET', '/sls-kafka/metrics'],
  ['GET', '/sls-monitor/consumers'],
  ['POST', '/sls-monitor/command'],
  ['POST', '/sls-project/test'],
  ['POST', '/sls-kafka-in/logstores'],
  ['POST', '/sls-kafka-in/position'],
  ['POST', '/sls-kafka-in/preview'],
  ['POST', '/sls-kafka-in/completing'],
  ['POST', '/sls-kafka-out/preview'],
] as const

const FOREIGN = 'https://evil.example'
const ALLOWED = 'https://portal.example'
const REFUSED = 403
const SETTINGS = { slsKafka: { health: true, allowedOrigins: [ALLOWED] } }

type Headers = Readonly<Record<string, string>>

describe('requests of pages of another origin', () => {
  const resources = endedAfterAll()
  let open: NodeRed
  let guarded: NodeRed

  before(async () => {
    open = await resources.started(startNodeRed({ settings: SETTINGS }))
    guarded = await resources.started(startNodeRed({ settings: { adminAuth } }))
  })

  /** With headers that `fetch` does not let be set. */
  function ask(
    { port }: NodeRed,
    [method, path]: readonly [string, string],
    headers: Headers,
  ): Promise<{ status: number; body: string }> {
    return new Promise((resolve, reject) => {
      const type = { 'Content-Type': 'application/json' }
      const options = { host: '127.0.0.1', port, method, path, headers: { ...type, ...headers } }
      const asked = request(options, (response) => {
        let body = ''
        response.setEncoding('utf8').on('data', (text: string) => (body += text))
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, body })
        })
      })
      asked.on('error', reject).end(method === 'POST' ? '{}' : undefined)
    })
  }

  async function assertStatus(headers: Headers, isRefused: boolean): Promise<void> {
    for (const route of ROUTES) {
      const { status } = await ask(open, route, headers)
      assert.equal(status === REFUSED, isRefused, `${route.join(' ')}: ${status}`)
    }
  }

  it('are refused on every route, with the setting that allows them', async () => {
    await assertStatus({ Origin: FOREIGN }, true)
    const { body } = await ask(open, ROUTES[0], { Origin: FOREIGN })
    assert.deepEqual(JSON.parse(body), {
      refusal: 'foreign-origin',
      origin: FOREIGN,
      setting: 'slsKafka.allowedOrigins',
    })
  })

  it('are answered where settings.js allows them', () => assertStatus({ Origin: ALLOWED }, false))

  it('are answered where the page is that of Node-RED itself, or no page asks', async () => {
    await assertStatus({ Origin: open.url }, false)
    await assertStatus({}, false)
  })

  it('are answered with adminAuth if they have a token', async () => {
    const Authorization = `Bearer ${await logIn(guarded, 'full')}`
    for (const route of ROUTES) {
      const { status } = await ask(guarded, route, { Origin: FOREIGN, Authorization })
      assert.ok(![REFUSED, 401].includes(status), `${route.join(' ')}: ${status}`)
    }
  })

  it('are refused with adminAuth without a token, also where every visitor may read', async () => {
    const settings = { adminAuth: { ...adminAuth, default: { permissions: 'read' } } }
    const readable = await resources.started(startNodeRed({ settings }))
    const route = ROUTES[0]
    assert.equal((await ask(readable, route, {})).status, 200)
    assert.equal((await ask(readable, route, { Origin: FOREIGN })).status, REFUSED)
    const token = { Authorization: 'Bearer made-up' }
    assert.equal((await ask(readable, route, { Origin: FOREIGN, ...token })).status, REFUSED)
  })
})
