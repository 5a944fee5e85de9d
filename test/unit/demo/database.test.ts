import assert from 'node:assert/strict'
import type { LocalServer } from '../../../tools/demo/local-server'
import { startDatabase } from '../../../tools/demo/orders/database'

describe('demo database', () => {
  let stored: string[]
  let database: LocalServer
  beforeEach(async () => {
    stored = []
    database = await startDatabase((number) => {
      if (number.startsWith('SO')) stored.push(number)
      return number.startsWith('SO')
    })
  })
  afterEach(() => database.close())

  const put = (number: string): Promise<number> =>
    fetch(`${database.url}/orders/${number}`, { method: 'PUT', body: '{}' }).then(
      ({ status }) => status,
    )

  it('stores orders, and refuses what is none', async () => {
    assert.equal(await put('SO0-000001'), 201)
    assert.equal(await put('word'), 400)
    assert.equal((await fetch(database.url)).status, 404)
    assert.deepEqual(stored, ['SO0-000001'])
  })

  it('refuses connections while it is down, and listens again at the same address', async () => {
    const { url } = database
    await database.close()
    await assert.rejects(put('SO0-000001'))
    await Promise.all([database.open(), database.open()]) // a user presses twice
    assert.equal(database.url, url)
    assert.equal(await put('SO0-000002'), 201)
    assert.deepEqual(stored, ['SO0-000002'])
  })

  it('has not stored what was under way when it went down', async () => {
    const request = put('SO0-000001')
    await new Promise((resolve) => setTimeout(resolve, 50))
    await database.close()
    await assert.rejects(request)
    await new Promise((resolve) => setTimeout(resolve, 250))
    assert.deepEqual(stored, [])
  })
})
