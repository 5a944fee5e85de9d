import assert from 'node:assert/strict'
import { makeCertificate, type Certificate } from '../../../tools/emulator/certificate'
import { AdminRig, refusalOf, STORED, VARIABLE, type Answer } from '../support/admin-rig'

const SECRET_KEY = 'KEEP-THIS-KEY-TO-YOURSELF'
const NOTHING = {
  ...{ certdata: '', keydata: '', cadata: '', passphrase: '', servername: '', alpnprotocol: '' },
  ...{ verifyservercert: true, namesFiles: false },
}

function lastOf({ lines }: Answer): unknown {
  const { step, failure } = lines.at(-1) ?? {}
  return failure ?? step
}

/** Posts as the dialog does in which a new `tls-config` is chosen. */
class PastedTlsRig {
  readonly #admin = AdminRig.forAll('/sls-project/test')

  constructor() {
    afterEach(() => {
      const log = this.#admin.nodeRed.logs().join('\n')
      for (const secret of [SECRET_KEY, 'PRIVATE KEY']) assert.ok(!log.includes(secret), secret)
    })
  }

  get ca(): string {
    return this.#admin.emulator.ca
  }

  async post(pasted: object | null, fields: object = {}): Promise<Answer> {
    const pastedTls = pasted && { ...NOTHING, ...pasted }
    const body = { ...this.#admin.typed, tls: 'new', pastedTls, ...fields }
    const answer = await this.#admin.send(JSON.stringify(body))
    for (const secret of [SECRET_KEY, 'PRIVATE KEY', STORED.accessKeySecret, VARIABLE]) {
      assert.ok(!answer.text.includes(secret), answer.text)
    }
    return answer
  }
}

describe('the route that tests a connection, with pasted certificates', () => {
  const rig = new PastedTlsRig()
  let stranger: Certificate

  before(async () => {
    stranger = await makeCertificate('sls.example')
  })

  it('trusts a pasted CA before the tls-config is deployed', async () => {
    assert.equal(lastOf(await rig.post({ cadata: rig.ca })), 'logstore')
  })

  it('does not trust another one', async () => {
    const answer = await rig.post({ cadata: stranger.ca })
    assert.deepEqual(lastOf(answer), { code: 'SLS_TLS_FAILED', reason: 'not-trusted' })
  })

  it('presents a pasted certificate with its key', async () => {
    const { cert: certdata, key: keydata } = stranger
    assert.equal(lastOf(await rig.post({ cadata: rig.ca, certdata, keydata })), 'logstore')
  })

  it('says that a key cannot be read, and shows nothing of it', async () => {
    const unreadable = { code: 'SLS_TLS_FAILED', reason: 'unreadable' }
    const pasted = { cadata: rig.ca, certdata: stranger.cert, keydata: SECRET_KEY }
    assert.deepEqual(lastOf(await rig.post(pasted)), unreadable)
  })

  it('says for which names a certificate was issued', async () => {
    const { code, reason, issuedFor } = lastOf(
      await rig.post({ cadata: rig.ca, servername: 'sls.example' }),
    ) as Readonly<Record<string, string>>
    assert.deepEqual([code, reason], ['SLS_TLS_FAILED', 'other-name'])
    assert.match(issuedFor ?? '', /^localhost, /)
    const typed = await rig.post({ cadata: rig.ca }, { serverName: 'sls.example' })
    assert.deepEqual(lastOf(typed), { code, reason, issuedFor })
  })
})

describe('the route that tests a connection, and a tls-config that it cannot use', () => {
  const rig = new PastedTlsRig()

  it('leaves a new one that names files for after the deploy', async () => {
    assert.deepEqual(refusalOf(await rig.post({ namesFiles: true })), [400, 'tls-files'])
  })

  it('leaves a deployed one that was changed for after the deploy', async () => {
    const answer = await rig.post({ cadata: rig.ca }, { tls: 'tls' })
    assert.deepEqual(refusalOf(answer), [400, 'tls-changed'])
  })

  it('leaves one with a variable, or without its fields, for after the deploy', async () => {
    for (const pasted of [null, { passphrase: '${A_VARIABLE}' }]) {
      assert.deepEqual(refusalOf(await rig.post(pasted)), [400, 'tls-not-deployed'])
    }
  })

  it('refuses one that turns the verification off, and a certificate without its key', async () => {
    for (const pasted of [{ verifyservercert: false }, { certdata: 'x' }]) {
      assert.deepEqual(refusalOf(await rig.post(pasted)), [400, 'settings-invalid'])
    }
  })

  it('refuses fields that no dialog sends', async () => {
    const answer = await rig.post({ cadata: rig.ca, ca: '/etc/passwd' })
    assert.deepEqual(refusalOf(answer), [400, 'request-invalid'])
  })
})

describe('the route that tests a connection, with the stored secret', () => {
  const rig = new PastedTlsRig()
  const stored = { id: 'stored', accessKeySecret: null, tls: 'tls' }

  it('sends it to no server that only pasted certificates vouch for', async () => {
    const answer = await rig.post({ cadata: rig.ca }, { ...stored, tls: 'new' })
    assert.deepEqual(refusalOf(answer), [400, 'secret-needed'])
  })

  it('sends it to no server that only a typed name vouches for', async () => {
    for (const change of [
      { serverName: '127.0.0.1' },
      { serverName: '${A_VARIABLE}' },
      { endpoint: 'sls.example' },
    ]) {
      const answer = await rig.post(null, { ...stored, ...change })
      assert.deepEqual(refusalOf(answer), [400, 'secret-needed'], JSON.stringify(change))
    }
    assert.equal(lastOf(await rig.post(null, { ...stored, serverName: 'localhost' })), 'logstore')
  })
})
