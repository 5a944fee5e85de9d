import assert from 'node:assert/strict'
import { AdminRig, LOGSTORE, refusalOf, STORED, VARIABLE, type Fields } from '../support/admin-rig'
import { startSilentServer } from '../support/silent-server'

const ROUTES = ['logstores', 'position', 'preview'] as const
const SETTINGS = { format: 'auto', emit: 'record', batchSize: '', commit: 'onSend' }

for (const route of ROUTES) {
  describe(`the route of the dialog of sls in for ${route}`, () => {
    const admin = AdminRig.forAll(`/sls-kafka-in/${route}`)
    const group = 'not-there-yet'
    const typed = (): Fields => ({
      ...admin.typed,
      group,
      ...(route === 'preview' && SETTINGS),
    })
    const stored = (): Fields => ({
      ...typed(),
      id: 'stored',
      accessKeyId: null,
      accessKeySecret: null,
    })

    it('serves users who may write, and joins no group', async () => {
      await admin.emulator.append(LOGSTORE, ['a line'])
      assert.equal((await admin.post(typed(), 'unknown')).status, 401)
      const { status } = await admin.post(typed(), 'reader')
      assert.ok([401, 403].includes(status), String(status))
      const answer = await admin.post(typed())
      assert.equal(answer.status, 200)
      const [line] = answer.lines
      if (route === 'logstores')
        assert.deepEqual(line, { logstores: [{ name: LOGSTORE, shards: 3 }] })
      if (route === 'position') assert.deepEqual(line, { committed: 0, shards: 3 })
      if (route === 'preview') assert.match(JSON.stringify(line), /a line/)
      const { groups } = await admin.emulator.state()
      assert.deepEqual(
        groups.filter(({ members, offsets }) => members.length + offsets.length),
        [],
      )
    })

    it('refuses what no dialog sends', async () => {
      for (const body of ['[]', 'null', JSON.stringify({ ...typed(), more: '1' })]) {
        assert.equal((await admin.send(body)).status, 400)
      }
      const oversize = JSON.stringify({ ...typed(), project: 'x'.repeat(9_000) })
      assert.deepEqual(refusalOf(await admin.send(oversize)), [413, 'request-too-large'])
      if (route !== 'preview') return
      for (const change of [{ format: 'xml' }, { batchSize: '1e9' }, { emit: null }]) {
        const answer = await admin.post({ ...typed(), ...change })
        assert.deepEqual(refusalOf(answer), [400, 'request-invalid'])
      }
    })

    it('sends the stored AccessKey to the address that is deployed, and to no other', async () => {
      const answer = await admin.post(stored())
      assert.equal(answer.status, 200)
      assert.ok(!answer.text.includes(STORED.accessKeySecret))
      const silent = await admin.resources.started(startSilentServer())
      const bootstrap = `localhost:${silent.port}`
      for (const change of [{}, { accessKeyId: 'LTAI5tOther' }, { accessKeySecret: 'other' }]) {
        const other = await admin.post({ ...stored(), ...change, bootstrap })
        assert.deepEqual(refusalOf(other), [400, 'secret-needed'])
      }
      for (const id of ['', 'unknown', 'tls']) {
        const none = await admin.post({ ...stored(), id })
        assert.deepEqual(refusalOf(none), [400, 'secret-needed'])
      }
    })

    it('sends the value of no variable to a host that is typed', async () => {
      const silent = await admin.resources.started(startSilentServer())
      const bootstrap = `localhost:${silent.port}`
      for (const field of ['group', 'accessKeySecret']) {
        const answer = await admin.post({ ...typed(), bootstrap, [field]: '${A_VARIABLE}' })
        assert.deepEqual(refusalOf(answer), [400, 'secret-needed'], field)
        assert.ok(!answer.text.includes(VARIABLE))
      }
    })

    it('names a failure by its code', async () => {
      const answer = await admin.post({ ...typed(), accessKeySecret: 'wrong' })
      const failure = answer.lines[0]?.['failure'] as { code: string }
      assert.equal(failure.code, 'SLS_AUTH_FAILED')
      if (route === 'logstores') return
      const nameless = await admin.post({ ...typed(), logstore: '' })
      assert.deepEqual(refusalOf(nameless), [400, 'settings-invalid'])
    })

    it('takes one request at a time, ends with its connection, and limits how many begin', async () => {
      const silent = await admin.resources.started(startSilentServer())
      const gone = new AbortController()
      const bootstrap = `127.0.0.1:${silent.port}`
      const first = admin.post({ ...typed(), bootstrap }, 'full', gone.signal)
      await silent.connected
      assert.deepEqual(refusalOf(await admin.post(typed())), [429, 'busy'])
      gone.abort()
      await assert.rejects(first)
      let answer = await admin.post(typed())
      for (let begun = 0; refusalOf(answer).join() !== '429,too-many'; begun++) {
        assert.ok(begun <= 80, `${begun} have begun`)
        answer = await admin.post({ ...typed(), id: '', accessKeySecret: null })
      }
    })
  })
}
