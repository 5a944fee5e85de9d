import assert from 'node:assert/strict'
import { startButtons } from '../../../tools/demo/buttons'
import type { LocalServer } from '../../../tools/demo/local-server'

describe('demo buttons', () => {
  let pressed: unknown[]
  let isBusy: boolean
  let buttons: LocalServer
  beforeEach(async () => {
    pressed = []
    isBusy = false
    const press = (...what: unknown[]): boolean => {
      pressed.push(what)
      return !isBusy
    }
    buttons = await startButtons({
      burst: (records) => ({ status: press('burst', records) ? 202 : 409, body: { records } }),
      setDatabase: (isUp) => {
        press('database', isUp)
        return Promise.resolve()
      },
      endpointOff: (seconds) => press('endpoint', seconds),
      killNodeRed: () => press('node-red'),
      received: (order) => press('received', order),
      readBack: (order) => press('read-back', order),
      state: () => ({ missing: 0 }),
    })
  })
  afterEach(() => buttons.close())

  const post = async (path: string): Promise<number> =>
    (await fetch(`${buttons.url}/${path}`, { method: 'POST', body: 'whatever' })).status

  it('do what their address says', async () => {
    assert.equal(await post('burst?records=5'), 202)
    assert.equal(await post('database/down'), 200)
    assert.equal(await post('database/up'), 200)
    assert.equal(await post('endpoint/off?seconds=20'), 202)
    assert.equal(await post('node-red/kill'), 202)
    assert.equal(await post('received/SO0-000001'), 200)
    assert.equal(await post('read-back/SO0-000001'), 200)
    assert.deepEqual(pressed, [
      ['burst', 5],
      ['database', false],
      ['database', true],
      ['endpoint', 20],
      ['node-red'],
      ['received', 'SO0-000001'],
      ['read-back', 'SO0-000001'],
    ])
  })

  it('tell the state', async () => {
    const response = await fetch(`${buttons.url}/state`)
    assert.deepEqual(await response.json(), { missing: 0 })
  })

  it('say so when it is being done already', async () => {
    isBusy = true
    assert.equal(await post('endpoint/off?seconds=20'), 409)
    assert.equal(await post('node-red/kill'), 409)
  })

  it('refuse what makes no sense', async () => {
    for (const seconds of ['0', '601', '1.5', 'word', '']) {
      assert.equal(await post(`endpoint/off?seconds=${seconds}`), 400, seconds)
    }
    for (const path of ['', 'database', 'database/sideways', 'endpoint/on', 'node-red/stop']) {
      assert.equal(await post(path), 404, path)
    }
    assert.deepEqual(pressed, [])
  })
})
