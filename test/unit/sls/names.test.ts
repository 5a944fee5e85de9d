import assert from 'node:assert/strict'
import { isLogstoreName, isProjectName } from '../../../lib/sls/names'

describe('sls/names', () => {
  it('takes the names that SLS takes', () => {
    for (const name of ['abc', 'shop-prod', '0-9', 'a'.repeat(63)]) {
      assert.equal(isProjectName(name), true, name)
    }
    for (const name of ['nginx-access', 'internal-diagnostic_log', 'orders.0', 'orders.31']) {
      assert.equal(isLogstoreName(name), true, name)
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
