import assert from 'node:assert/strict'
import { isLogstoreName, isProjectName, isVirtualTopicName } from '../../../lib/sls/names'

describe('sls/names', () => {
  it('accepts the names that SLS accepts', () => {
    for (const name of ['abc', 'shop-prod', '0-9', 'a'.repeat(63)]) {
      assert.equal(isProjectName(name), true, name)
    }
    for (const name of ['nginx-access', 'internal-diagnostic_log', 'orders.0', 'orders.31']) {
      assert.equal(isLogstoreName(name), true, name)
    }
  })

  it('takes a logstore name of 2 to 63 characters', () => {
    for (const name of ['tf', '0_', 'tf.7', 'a'.repeat(63)]) {
      const isName = !name.endsWith('_')
      assert.equal(isLogstoreName(name), isName, name)
    }
    for (const name of ['t', 'a'.repeat(64), 't.7', '-f']) {
      assert.equal(isLogstoreName(name), false, name)
    }
  })

  it('recognises a virtual topic by the number after the logstore', () => {
    for (const name of ['orders', 'orders.0', 'orders.31', 'orders.32', 'orders.', '']) {
      const isVirtual = ['orders.0', 'orders.31'].includes(name)
      assert.equal(isVirtualTopicName(name), isVirtual, name)
    }
  })

  it('refuses what SLS refuses', () => {
    for (const name of ['', 'ab', 'Shop', 'shop_prod', '-shop', 'shop-', '商店', 'a'.repeat(64)]) {
      assert.equal(isProjectName(name), false, name)
    }
    for (const name of ['', 'Nginx', 'nginx access', 'orders.32', 'orders.', '*']) {
      assert.equal(isLogstoreName(name), false, name)
    }
  })
})
