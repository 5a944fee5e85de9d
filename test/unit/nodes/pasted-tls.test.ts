import assert from 'node:assert/strict'
import {
  hasVariable,
  parsePastedTls,
  pastedTlsOptions,
  type PastedTls,
} from '../../../nodes/shared/runtime/pasted-tls'

const PASTED: PastedTls = {
  certdata: '',
  keydata: '',
  cadata: 'ca',
  passphrase: '',
  servername: '',
  alpnprotocol: '',
  verifyservercert: true,
  namesFiles: false,
}

describe('nodes/pasted-tls', () => {
  it('accepts what the dialog sends', () => {
    assert.deepEqual(parsePastedTls(PASTED), PASTED)
  })

  it('accepts the certificates that an operating system trusts', () => {
    const trusted = { ...PASTED, cadata: 'x'.repeat(230_000) }
    assert.deepEqual(parsePastedTls(trusted), trusted)
  })

  const incomplete = Object.fromEntries(Object.entries(PASTED).slice(1))
  const cases: readonly [string, unknown][] = [
    ['nothing', null],
    ['a text', 'ca'],
    ['a field that is missing', incomplete],
    ['a field that there is not', { ...PASTED, ca: '/etc/passwd' }],
    ['a number for a text', { ...PASTED, cadata: 1 }],
    ['a text for a switch', { ...PASTED, verifyservercert: 'no' }],
    ['a certificate that is too long', { ...PASTED, certdata: 'x'.repeat(65_537) }],
    ['a passphrase that is too long', { ...PASTED, passphrase: 'x'.repeat(513) }],
  ]
  for (const [what, value] of cases) {
    it(`refuses ${what}`, () => {
      assert.equal(parsePastedTls(value), null)
    })
  }

  it('makes the options that a tls-config makes', () => {
    const whole = { ...PASTED, certdata: 'cert', keydata: 'key', passphrase: 'p' }
    assert.deepEqual(pastedTlsOptions({ ...whole, servername: ' s ', alpnprotocol: 'kafka' }), {
      cert: 'cert',
      key: 'key',
      ca: 'ca',
      passphrase: 'p',
      servername: 's',
      ALPNProtocols: ['kafka'],
      rejectUnauthorized: true,
    })
    assert.deepEqual(pastedTlsOptions({ ...PASTED, verifyservercert: false }), {
      ca: 'ca',
      rejectUnauthorized: false,
    })
  })

  it('makes no options of a certificate without a key, or a key without a certificate', () => {
    assert.equal(pastedTlsOptions({ ...PASTED, certdata: 'cert' }), null)
    assert.equal(pastedTlsOptions({ ...PASTED, keydata: 'key' }), null)
  })

  it('recognises a variable in any text', () => {
    assert.equal(hasVariable(PASTED), false)
    assert.equal(hasVariable({ ...PASTED, passphrase: '${PASS}' }), true)
  })
})
