import assert from 'node:assert/strict'
import { chooseAccessKey, maskAccessKeyId, saslPassword } from '../../../lib/sls/credentials'

describe('sls/credentials', () => {
  const environment = { SLS_ACCESS_KEY_ID: 'env-id', SLS_ACCESS_KEY_SECRET: 'env-secret' }

  it('prefers the typed pair', () => {
    const key = chooseAccessKey({ id: 'id', secret: 'secret' }, environment)
    assert.deepEqual(key, { id: 'id', secret: 'secret' })
  })

  it('falls back to the pair in the environment', () => {
    const key = chooseAccessKey({ id: '', secret: '' }, environment)
    assert.deepEqual(key, { id: 'env-id', secret: 'env-secret' })
  })

  it('never combines a typed half with one of the environment', () => {
    assert.equal(chooseAccessKey({ id: 'id', secret: '' }, environment), null)
    assert.equal(chooseAccessKey({ id: '', secret: 'secret' }, environment), null)
    assert.equal(chooseAccessKey({ id: '', secret: '' }, { SLS_ACCESS_KEY_ID: 'env-id' }), null)
  })

  it('trims the pair of the environment', () => {
    const key = chooseAccessKey(
      { id: '', secret: '' },
      { SLS_ACCESS_KEY_ID: ' env-id\r\n', SLS_ACCESS_KEY_SECRET: 'env-secret\n' },
    )
    assert.deepEqual(key, { id: 'env-id', secret: 'env-secret' })
    const blank = { SLS_ACCESS_KEY_ID: 'env-id', SLS_ACCESS_KEY_SECRET: '\n' }
    assert.equal(chooseAccessKey({ id: '', secret: '' }, blank), null)
  })

  it('makes the password that SLS expects', () => {
    assert.equal(saslPassword({ id: 'id', secret: 'se#cret' }), 'id#se#cret')
  })

  it('masks an id so that it can be recognised but not used', () => {
    assert.equal(maskAccessKeyId('LTAI5tABCDEFGHIJKLMN9xQ'), 'LTAI****9xQ')
    assert.equal(maskAccessKeyId('short'), '****')
  })
})
