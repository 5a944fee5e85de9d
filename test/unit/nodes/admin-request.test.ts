import assert from 'node:assert/strict'
import {
  MAX_FIELD_CHARACTERS,
  parseProjectRequest,
} from '../../../nodes/shared/runtime/admin-request'

const TYPED = {
  id: 'p',
  project: 'shop-prod',
  endpoint: 'cn-hangzhou.log.aliyuncs.com',
  port: '',
  bootstrap: '',
  tls: '',
  accessKeyId: 'LTAI',
  accessKeySecret: 'secret',
  logstore: '',
}

describe('nodes/admin-request', () => {
  it('accepts the requests of the dialog', () => {
    const request: object = parseProjectRequest(TYPED) ?? {}
    assert.deepEqual({ ...request, ...TYPED }, request)
  })

  it('reads null or a missing secret as the stored one', () => {
    const { accessKeySecret: secret, ...rest } = TYPED
    assert.equal(secret, 'secret')
    for (const body of [rest, { ...rest, accessKeySecret: null }]) {
      assert.equal(parseProjectRequest(body)?.accessKeySecret, null)
    }
  })

  const cases: readonly [string, unknown][] = [
    ['nothing', undefined],
    ['a list', [TYPED]],
    ['a text', 'project'],
    ['a number for a text', { ...TYPED, port: 10012 }],
    ['an object for a text', { ...TYPED, project: { toString: 'x' } }],
    ['a field that there is not', { ...TYPED, host: 'evil.com' }],
    ['a field that is too long', { ...TYPED, project: 'x'.repeat(MAX_FIELD_CHARACTERS + 1) }],
    [
      'a secret that is too long',
      { ...TYPED, accessKeySecret: 'x'.repeat(MAX_FIELD_CHARACTERS + 1) },
    ],
  ]
  for (const [what, body] of cases) {
    it(`refuses ${what}`, () => {
      assert.equal(parseProjectRequest(body), null)
    })
  }
})
