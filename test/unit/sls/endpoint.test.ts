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

  it('takes a bootstrap address only with a port', () => {
    assert.deepEqual(parseBootstrap('127.0.0.1:10012'), { host: '127.0.0.1', port: 10012 })
    assert.equal(parseBootstrap('localhost'), null)
  })
})
