import assert from 'node:assert/strict'
import { summaryOf } from '../../faults/summary'

describe('summary of fault cases', () => {
  const passing = { name: 'Fetch: close', broken: [], error: null }

  it('counts in the form of mocha', () => {
    assert.deepEqual(summaryOf([passing, passing]), ['', '  2 passing'])
  })

  it('lists the bounds that each case broke, and why a case could not run', () => {
    const broken = [
      { bound: 'not green', text: 'green for 9.0 s' },
      { bound: 'records again', text: 'after 8.0 s' },
    ] as const
    const lines = summaryOf([
      passing,
      { name: 'Fetch: drip', broken, error: null },
      { name: 'Fetch', broken: [], error: 'did not read' },
    ])
    assert.deepEqual(lines, [
      '',
      'Bounds broken',
      '  Fetch: drip  not green: green for 9.0 s',
      '               records again: after 8.0 s',
      '  Fetch        not run: did not read',
      '',
      '  1 passing',
      '  2 failing',
    ])
  })
})
