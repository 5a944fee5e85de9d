import assert from 'node:assert/strict'
import { foreignOrigin } from '../../../nodes/common/foreign-origin'

const HOST = 'node-red.local:1880'
const PAGE = `http://${HOST}`
const OTHER = 'https://evil.example'

describe('nodes/common/foreign-origin', () => {
  const refuses = (headers: Record<string, string>, allowed?: unknown): boolean => {
    return foreignOrigin({ host: HOST, ...headers }, allowed) !== null
  }

  it('lets a program ask that is no page', () => {
    assert.equal(refuses({}), false)
  })

  it('lets a page of the same host and port ask, whatever its scheme', () => {
    assert.equal(refuses({ origin: PAGE }), false)
    assert.equal(refuses({ origin: `https://${HOST.toUpperCase()}` }), false)
    for (const host of ['red.example', 'red.example:443']) {
      assert.equal(refuses({ host, origin: 'https://red.example' }), false, host)
    }
    assert.equal(refuses({ host: '[::1]:1880', origin: 'http://[::1]:1880' }), false)
  })

  it('refuses a page of another host or port, or of none, and tells its origin', () => {
    const others = [OTHER, 'http://node-red.local', 'http://node-red.local:1881', 'null', '', 'x']
    for (const origin of others) assert.equal(refuses({ origin }), true, origin)
    assert.equal(foreignOrigin({ host: HOST, origin: OTHER }, undefined), OTHER)
    assert.equal(foreignOrigin({ origin: OTHER }, undefined), OTHER)
  })

  it('believes the first host that proxies name, and no other', () => {
    const proxied = { host: '127.0.0.1:1880', 'x-forwarded-host': 'red.example, inner.example' }
    assert.equal(refuses({ ...proxied, origin: 'https://red.example' }), false)
    assert.equal(refuses({ ...proxied, origin: 'https://inner.example' }), true)
  })

  it('believes the browser that says where the page is from, more than what a page can set', () => {
    const site = (value: string): Record<string, string> => ({ 'sec-fetch-site': value })
    assert.equal(refuses({ origin: 'https://red.example:8443', ...site('same-origin') }), false)
    assert.equal(refuses({ origin: OTHER, ...site('same-site') }), true)
    const forged = { origin: OTHER, 'x-forwarded-host': 'evil.example' }
    assert.equal(refuses({ ...forged, ...site('cross-site') }), true)
  })

  it('lets pages ask that settings.js allows, and never one without an origin', () => {
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
