import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import type { PeerCertificate } from 'node:tls'
import { makeCertificate } from '../../emulator/certificate'
import { checkIdentity, verifiedAs } from '../../lib/peer-identity'

describe('the identity of a peer', () => {
  let certificate: PeerCertificate

  before(async () => {
    const { cert } = await makeCertificate('sls.example')
    certificate = new X509Certificate(cert).toLegacyObject()
  })

  for (const host of ['sls.example', 'localhost', '127.0.0.1', '::1', '0:0:0:0:0:0:0:1']) {
    it(`is that of ${host}, which its certificate is made out to`, () => {
      assert.equal(checkIdentity(host, certificate), undefined)
    })
  }

  for (const host of ['other.example', '127.0.0.2', '::2', '::ffff:127.0.0.1', '[::1]', '']) {
    it(`is not that of ${host || 'nobody'}`, () => {
      const { code } = (checkIdentity(host, certificate) ?? {}) as { code?: string }
      assert.equal(code, 'ERR_TLS_CERT_ALTNAME_INVALID')
    })
  }

  it('is asked for by name, but not by address', () => {
    assert.equal(verifiedAs('sls.example').servername, 'sls.example')
    assert.equal('servername' in verifiedAs('::1'), false)
    assert.equal(verifiedAs('::1').rejectUnauthorized, true)
  })
})
