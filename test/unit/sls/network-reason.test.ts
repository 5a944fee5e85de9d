import assert from 'node:assert/strict'
import { networkReasonOf, type NetworkReason } from '../../../lib/sls/network-reason'

describe('sls/network-reason', () => {
  const cases: Readonly<Record<string, NetworkReason>> = {
    ENOTFOUND: 'not-found',
    ECONNREFUSED: 'refused',
    ETIMEDOUT: 'no-answer',
    ECONNRESET: 'closed',
    EHOSTUNREACH: 'no-route',
    SELF_SIGNED_CERT_IN_CHAIN: 'not-trusted',
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'not-trusted',
    CERT_HAS_EXPIRED: 'expired',
    ERR_TLS_CERT_ALTNAME_INVALID: 'other-name',
    ERR_OSSL_PEM_NO_START_LINE: 'unreadable',
    ERR_SSL_WRONG_VERSION_NUMBER: 'no-tls',
    'connect ECONNREFUSED 127.0.0.1:1': 'other',
  }
  for (const [mark, reason] of Object.entries(cases)) {
    it(`calls ${mark} ${reason}`, () => {
      assert.equal(networkReasonOf(['SomeError', mark]), reason)
    })
  }
})
