import assert from 'node:assert/strict'
import { foreignOrigin } from '../../../nodes/shared/runtime/foreign-origin'

const HOST = 'node-red.local:1880'
const PAGE = `http://${HOST}`
const OTHER = 'https://evil.example'

describe('foreignOrigin', () => {
  const refuses = (headers: Record<string, string>, allowed?: unknown): boolean => {
    return foreignOrigin({ host: HOST, ...headers }, allowed) !== null
  }

  it('accepts a program that is no page', () => {
    assert.equal(refuses({}), false)
  })

  it('accepts a page of the same host and port with any scheme', () => {
    assert.equal(refuses({ origin: PAGE }), false)
    assert.equal(refuses({ origin: `https://${HOST.toUpperCase()}` }), false)
    for (const host of ['red.example', 'red.example:443']) {
      assert.equal(refuses({ host, origin: 'https://red.example' }), false, host)
    }
    assert.equal(refuses({ host: '[::1]:1880', origin: 'http://[::1]:1880' }), false)
  })

  it('refuses a page of another host or port, or without an origin, and names the origin', () => {
    const others = [OTHER, 'http://node-red.local', 'http://node-red.local:1881', 'null', '', 'x']
    for (const origin of others) assert.equal(refuses({ origin }), true, origin)
    assert.equal(foreignOrigin({ host: HOST, origin: OTHER }, undefined), OTHER)
    assert.equal(foreignOrigin({ origin: OTHER }, undefined), OTHER)
  })

  it('trusts only the first host of X-Forwarded-Host', () => {
    const proxied = { host: '127.0.0.1:1880', 'x-forwarded-host': 'red.example, inner.example' }
    assert.equal(refuses({ ...proxied, origin: 'https://red.example' }), false)
    assert.equal(refuses({ ...proxied, origin: 'https://inner.example' }), true)
  })

  it('trusts Sec-Fetch-Site more than headers that a page can set', () => {
    const site = (value: string): Record<string, string> => ({ 'sec-fetch-site': value })
    assert.equal(refuses({ origin: 'https://red.example:8443', ...site('same-origin') }), false)
    assert.equal(refuses({ origin: OTHER, ...site('same-site') }), true)
    const forged = { origin: OTHER, 'x-forwarded-host': 'evil.example' }
    assert.equal(refuses({ ...forged, ...site('cross-site') }), true)
  })

  it('accepts pages that settings.js allows, and never a page without an origin', () => {
    const allowed = ['https://Portal.example:443/', 'http://portal.example:8080']
    assert.equal(refuses({ origin: 'https://portal.example' }, allowed), false)
    assert.equal(refuses({ origin: 'http://portal.example:8080' }, allowed), false)
    assert.equal(refuses({ origin: 'http://portal.example' }, allowed), true)
    assert.equal(refuses({ origin: 'https://portal.example' }, 'https://portal.example'), false)
    assert.equal(refuses({ origin: 'null' }, ['null', 'file:///x']), true)
    for (const wrong of [null, 7, {}, [7, null]])
      assert.equal(refuses({ origin: OTHER }, wrong), true)
  })
})
