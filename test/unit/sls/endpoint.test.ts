import assert from 'node:assert/strict'
import {
  isIntranet,
  parseBootstrap,
  parseEndpoint,
  projectAddress,
} from '../../../lib/sls/endpoint'

describe('sls/endpoint', () => {
  const project = 'shop-prod'
  const host = 'shop-prod.cn-hangzhou.log.aliyuncs.com'

  for (const endpoint of [
    'cn-hangzhou.log.aliyuncs.com',
    '  cn-hangzhou.log.aliyuncs.com ',
    'https://cn-hangzhou.log.aliyuncs.com',
    'https://cn-hangzhou.log.aliyuncs.com/',
    'shop-prod.cn-hangzhou.log.aliyuncs.com',
    'https://shop-prod.cn-hangzhou.log.aliyuncs.com:10012/path',
    'CN-Hangzhou.log.aliyuncs.com',
  ]) {
    it(`understands "${endpoint}"`, () => {
      assert.deepEqual(projectAddress({ endpoint, project }), { host, port: 10012 })
    })
  }

  it('takes the intranet port for an intranet endpoint', () => {
    const endpoint = 'cn-hangzhou-intranet.log.aliyuncs.com'
    assert.equal(projectAddress({ endpoint, project })?.port, 10011)
    assert.equal(isIntranet(endpoint), true)
    assert.equal(isIntranet('cn-hangzhou.log.aliyuncs.com'), false)
  })

  it('prefers a typed port to a pasted one, and that to the derived one', () => {
    const endpoint = 'cn-hangzhou.log.aliyuncs.com:443'
    assert.equal(projectAddress({ endpoint, project })?.port, 443)
    assert.equal(projectAddress({ endpoint, project, port: 9093 })?.port, 9093)
  })

  for (const endpoint of ['', ' ', 'https://', 'no spaces.com', 'host:99999', 'host:port']) {
    it(`refuses "${endpoint}"`, () => {
      assert.equal(parseEndpoint(endpoint), null)
    })
  }

  it('accepts a host with an underscore, as in names of Docker services', () => {
    assert.deepEqual(parseBootstrap('sls_proxy:10012'), { host: 'sls_proxy', port: 10012 })
    assert.deepEqual(parseEndpoint('_sls.example.com'), { host: '_sls.example.com' })
  })

  const ipv6: readonly [string, { host: string; port: number } | null][] = [
    ['[::1]:10012', { host: '::1', port: 10012 }],
    [' tls://[2001:DB8::7]:9093/ ', { host: '2001:db8::7', port: 9093 }],
    ['[fe80::1%eth0]:10012', { host: 'fe80::1%eth0', port: 10012 }],
    ['::1:10012', { host: '::1', port: 10012 }],
    ['2001:db8:0:0:0:0:0:7:9093', { host: '2001:db8:0:0:0:0:0:7', port: 9093 }],
    // A complete IPv6 address: the last group could be the port.
    ['fe80::1:9093', null],
    ['::1', null],
    ['[::1]', null],
    ['[::1]:99999', null],
    ['[::g]:10012', null],
    ['[localhost]:10012', null],
  ]
  for (const [text, address] of ipv6) {
    it(`${address ? 'takes' : 'refuses'} the bootstrap "${text}"`, () => {
      assert.deepEqual(parseBootstrap(text), address)
    })
  }

  it('accepts the id of a region instead of its endpoint', () => {
    const endpoint = 'cn-hangzhou'
    assert.deepEqual(projectAddress({ endpoint, project }), { host, port: 10012 })
    const intranet = projectAddress({ endpoint: 'cn-hangzhou-intranet', project })
    assert.deepEqual(intranet, {
      host: 'shop-prod.cn-hangzhou-intranet.log.aliyuncs.com',
      port: 10011,
    })
    assert.equal(projectAddress({ endpoint: 'localhost', project })?.host, 'shop-prod.localhost')
  })

  it('accepts a bootstrap address only with a port', () => {
    assert.deepEqual(parseBootstrap('127.0.0.1:10012'), { host: '127.0.0.1', port: 10012 })
    assert.equal(parseBootstrap('localhost'), null)
  })
})
