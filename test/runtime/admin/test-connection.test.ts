import assert from 'node:assert/strict'
import {
  ENDPOINT,
  AdminRig,
  refusalOf,
  STORED,
  VARIABLE,
  type Answer,
  type Fields,
} from '../support/admin-rig'
import { startSilentServer } from '../support/silent-server'

const stepsOf = ({ lines }: Answer): unknown[] => lines.map(({ step, failure }) => failure ?? step)

describe('the route that tests a connection', () => {
  const admin = AdminRig.forAll('/sls-project/test')

  it('serves users who may write', async () => {
    assert.equal((await admin.post(admin.typed, 'unknown')).status, 401)
    const { status } = await admin.post(admin.typed, 'reader')
    assert.ok([401, 403].includes(status), String(status))
    const answer = await admin.post(admin.typed)
    assert.equal(answer.status, 200)
    assert.deepEqual(stepsOf(answer), ['name', 'port', 'tls', 'access-key', 'logstore'])
    assert.equal(answer.lines.at(-1)?.['shards'], 3)
    assert.deepEqual((await admin.emulator.state()).groups, [])
  })

  it('refuses what no dialog sends, before it counts', async () => {
    for (let i = 0; i < 11; i++) {
      assert.deepEqual(refusalOf(await admin.send('[]')), [400, 'request-invalid'])
    }
    const oversize = JSON.stringify({ ...admin.typed, project: 'x'.repeat(1_200_000) })
    assert.deepEqual(refusalOf(await admin.send(oversize)), [413, 'request-too-large'])
    const long = JSON.stringify({ ...admin.typed, project: 'x'.repeat(600) })
    assert.deepEqual(refusalOf(await admin.send(long)), [400, 'request-invalid'])
    assert.equal((await admin.send('{"project": ')).status, 400)
  })

  it('takes one request at a time', async () => {
    const silent = await admin.resources.started(startSilentServer())
    const first = admin.post({ ...admin.typed, bootstrap: `127.0.0.1:${silent.port}` })
    await silent.connected
    assert.deepEqual(refusalOf(await admin.post(admin.typed)), [429, 'busy'])
    await silent.stop()
    const answer = await first
    assert.deepEqual(answer.lines.at(-1)?.['failure'], {
      code: 'SLS_UNREACHABLE',
      reason: 'closed',
    })
  })

  it('begins no more than ten in a minute', async () => {
    const closed = { ...admin.typed, bootstrap: 'localhost:1' }
    let answer = await admin.post(closed)
    for (let begun = 1; answer.status === 200; begun++) {
      assert.ok(begun <= 10, `${begun} have begun`)
      answer = await admin.post(closed)
    }
    assert.deepEqual(refusalOf(answer), [429, 'too-many'])
  })
})

describe('the route that tests a connection, with a secret that was not sent', () => {
  const admin = AdminRig.forAll('/sls-project/test')
  const stored = (): Fields => ({ ...admin.typed, id: 'stored', accessKeySecret: null })

  it('sends the stored one to the address that is deployed', async () => {
    const answer = await admin.post(stored())
    assert.deepEqual(stepsOf(answer).at(-1), 'logstore')
    assert.ok(!answer.text.includes(STORED.accessKeySecret))
  })

  it('sends the stored one to no other host or port', async () => {
    const silent = await admin.resources.started(startSilentServer())
    let connections = 0
    void silent.connected.then(() => connections++)
    for (const bootstrap of [
      `localhost:${silent.port}`,
      `127.0.0.1:${admin.emulator.port}`,
      `log.aliyuncs.com.localhost:${silent.port}`,
    ]) {
      const answer = await admin.post({ ...stored(), bootstrap })
      assert.deepEqual(refusalOf(answer), [400, 'secret-needed'], bootstrap)
    }
    assert.equal(connections, 0)
  })

  it('sends the stored one to any host of Alibaba Cloud', async () => {
    const answer = await admin.post({ ...stored(), bootstrap: '', endpoint: ENDPOINT })
    assert.deepEqual(stepsOf(answer).at(-1), 'logstore')
  })
})

describe('the route that tests a connection, without a secret', () => {
  const admin = AdminRig.forAll('/sls-project/test')
  const stored = (): Fields => ({ ...admin.typed, id: 'stored', accessKeySecret: null })

  it('refuses a project that is not deployed, or is not a project', async () => {
    for (const id of ['', 'unknown', 'tls']) {
      assert.deepEqual(refusalOf(await admin.post({ ...stored(), id })), [400, 'secret-needed'])
    }
  })

  it('sends the value of no variable to a host that is typed', async () => {
    const silent = await admin.resources.started(startSilentServer())
    const bootstrap = `localhost:${silent.port}`
    for (const change of [
      { accessKeySecret: '${A_VARIABLE}' },
      { accessKeyId: '${A_VARIABLE}' },
      { logstore: '${THE_SECRET}' },
    ]) {
      const { status, lines, text } = await admin.post({ ...admin.typed, bootstrap, ...change })
      assert.equal(status, 400)
      assert.match(String(lines[0]?.['refusal']), /secret-needed|settings-invalid/)
      assert.ok(!text.includes(VARIABLE) && !text.includes(STORED.accessKeySecret), text)
    }
  })

  it('names what is wrong with a variable, and not its value', async () => {
    const answer = await admin.post({
      ...stored(),
      project: '${NOT_A_NAME}',
      logstore: '${NOT_SET}',
    })
    assert.deepEqual(refusalOf(answer), [400, 'settings-invalid'])
    assert.ok(!answer.text.includes('Not A Name'), answer.text)
  })
})
