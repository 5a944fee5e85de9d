import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import type { PeerCertificate } from 'node:tls'
import { makeCertificate } from '../../tools/emulator/certificate'
import { checkIdentity, OtherNameError, verifyingOptions } from '../../lib/tls'

describe('checkIdentity', () => {
  let certificate: PeerCertificate

  before(async () => {
    const { cert } = await makeCertificate('sls.example')
    certificate = new X509Certificate(cert).toLegacyObject()
  })

  for (const host of ['sls.example', 'localhost', '127.0.0.1', '::1', '0:0:0:0:0:0:0:1']) {
    it(`accepts a certificate for ${host}`, () => {
      assert.equal(checkIdentity(host, certificate), undefined)
    })
  }

  for (const host of ['other.example', '127.0.0.2', '::2', '::ffff:127.0.0.1', '[::1]', '']) {
    it(`refuses a certificate that does not name ${host || 'an empty host'}`, () => {
      const { code } = (checkIdentity(host, certificate) ?? {}) as { code?: string }
      assert.equal(code, 'ERR_TLS_CERT_ALTNAME_INVALID')
    })
  }
})

describe('OtherNameError', () => {
  const refusalOf = async (host: string, subjectaltname?: string): Promise<string | undefined> => {
    const { cert } = await makeCertificate('sls.example')
    const certificate = new X509Certificate(cert).toLegacyObject()
    const changed = subjectaltname === undefined ? certificate : { ...certificate, subjectaltname }
    const refusal = checkIdentity(host, changed)
    assert.ok(refusal instanceof OtherNameError)
    assert.equal(refusal.expected, host)
    return refusal.message
  }

  it('names the expected name, and the first names that the certificate was issued for', async () => {
    assert.equal(
      await refusalOf('other.example'),
      'issued for localhost, *.localhost, 127.0.0.1, …, expected other.example',
    )
  })

  it('names the common name of a certificate without other names', async () => {
    assert.equal(
      await refusalOf('other.example', ''),
      'issued for localhost, expected other.example',
    )
  })

  it('escapes and shortens what a certificate says', async () => {
    const name = `a\u001b[1m${'b'.repeat(300)}`
    const text = (await refusalOf('other.example', `DNS:${name}, URI:https://c`)) ?? ''
    assert.match(text, /^issued for a\\u001b\[1mb+…, expected other\.example$/)
    assert.ok(text.length < 150, text)
  })
})

describe('verifyingOptions', () => {
  it('checks the name that it was given, whatever Node.js passes for an IP address', async () => {
    const { cert } = await makeCertificate('sls.example')
    const certificate = new X509Certificate(cert).toLegacyObject()
    const check = verifyingOptions('192.0.2.1').checkServerIdentity
    assert.match(String(check?.('localhost', certificate)), /expected 192\.0\.2\.1/)
    assert.equal(verifyingOptions('::1').checkServerIdentity?.('x', certificate), undefined)
  })

  it('verifies, and sends a host name but no address as server name', () => {
    assert.equal(verifyingOptions('sls.example').servername, 'sls.example')
    const ofTlsConfig = { servername: 'sls.example' }
    assert.equal({ ...ofTlsConfig, ...verifyingOptions('::1') }.servername, undefined)
    assert.equal(verifyingOptions('::1').rejectUnauthorized, true)
  })
})
