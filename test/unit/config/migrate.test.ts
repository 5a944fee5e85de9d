import assert from 'node:assert/strict'
import { migrate, SETTINGS_VERSION } from '../../../lib/config/migrate'

describe('config/migrate', () => {
  const older = { logstore: 'nginx-access', emit: 'batch' }
  const cases: readonly [string, Readonly<Record<string, unknown>>, unknown][] = [
    ['writes 100 into an empty Max in flight of version 1', { version: 1, maxInFlight: '' }, '100'],
    ['takes white space in version 1 as empty', { version: 1, maxInFlight: ' ' }, '100'],
    ['writes 100 where version 1 has no Max in flight', { version: 1 }, '100'],
    ['takes settings without a version as the oldest ones', { maxInFlight: null }, '100'],
    ['reads a version that is text', { version: '1', maxInFlight: '' }, '100'],
    ['keeps a number of version 1', { version: 1, maxInFlight: '7' }, '7'],
    ['keeps a variable of version 1', { version: 1, maxInFlight: '${MAX}' }, '${MAX}'],
    ['leaves a list to the rules', { version: 1, maxInFlight: [] }, []],
    ['keeps an empty Max in flight of version 2', { version: 2, maxInFlight: '' }, ''],
    ['reads version 2 that is text', { version: '2', maxInFlight: '' }, ''],
    ['changes nothing of a later version', { version: 3, maxInFlight: '' }, ''],
  ]
  for (const [title, settings, maxInFlight] of cases) {
    it(title, () => {
      assert.deepEqual(migrate({ ...older, ...settings })['maxInFlight'], maxInFlight)
    })
  }

  it('raises the version and leaves all other settings and its argument as they are', () => {
    const settings = { ...older, version: 1, maxInFlight: '' }
    const expected = { ...older, version: SETTINGS_VERSION, maxInFlight: '100' }
    assert.deepEqual(migrate(settings), expected)
    assert.equal(settings.maxInFlight, '')
    assert.deepEqual(migrate(migrate(settings)), expected)
  })

  it('returns settings of the current version themselves', () => {
    const settings = { ...older, version: SETTINGS_VERSION }
    assert.equal(migrate(settings), settings)
  })
})
