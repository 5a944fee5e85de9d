import assert from 'node:assert/strict'
import { brokerText, refuseForeignHost, seedBroker } from '../../../lib/kafka/cluster/brokers'
import { PROJECT } from '../../../tools/shared/consumer-options'

const BOOTSTRAP = { host: 'tunnel.test', port: 9 }

describe('kafka/brokers', () => {
  it('begins at the bootstrap address if there is one, else at that of the project', () => {
    const { host, port } = { host: 'shop-prod.cn-hangzhou.log.aliyuncs.com', port: 10012 }
    assert.deepEqual(seedBroker(PROJECT), { nodeId: -1, host, port })
    assert.deepEqual(seedBroker({ ...PROJECT, bootstrap: BOOTSTRAP }), { nodeId: -1, ...BOOTSTRAP })
  })

  it('names a broker by its node id and its address', () => {
    assert.equal(brokerText({ nodeId: 3, host: 'one.test', port: 10012 }), '3 one.test:10012')
  })

  it('takes hosts in the domain of the endpoint, whatever their case', () => {
    for (const host of [
      'shop-prod.cn-hangzhou.log.aliyuncs.com',
      'broker-7.cn-hangzhou.log.aliyuncs.com',
      'cn-hangzhou.log.aliyuncs.com',
      'Broker-7.CN-Hangzhou.LOG.aliyuncs.com',
    ]) {
      assert.doesNotThrow(() => {
        refuseForeignHost(PROJECT, host)
      }, host)
    }
  })

  it('compares without case if the endpoint itself has capitals', () => {
    const address = { host: 'shop-prod.CN-Hangzhou.log.aliyuncs.com', port: 10012 }
    assert.doesNotThrow(() => {
      refuseForeignHost({ ...PROJECT, address }, 'broker-7.cn-hangzhou.log.aliyuncs.com')
    })
  })

  it('refuses every other host, also one that only ends like the domain', () => {
    for (const host of [
      'evil.test',
      'evilcn-hangzhou.log.aliyuncs.com',
      'cn-hangzhou.log.aliyuncs.com.evil.test',
      'broker.cn-shanghai.log.aliyuncs.com',
      'log.aliyuncs.com',
      '203.0.113.7',
      '',
    ]) {
      assert.throws(
        () => {
          refuseForeignHost(PROJECT, host)
        },
        { code: 'SLS_UNEXPECTED_BROKER', params: { host, domain: 'cn-hangzhou.log.aliyuncs.com' } },
        host,
      )
    }
  })

  it('takes every host behind a bootstrap address, which is dialled in its place', () => {
    for (const address of [null, PROJECT.address]) {
      assert.doesNotThrow(() => {
        refuseForeignHost({ ...PROJECT, address, bootstrap: BOOTSTRAP }, 'evil.test')
      })
    }
  })
})
