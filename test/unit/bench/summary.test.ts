import assert from 'node:assert/strict'
import type { Row } from '../../../tools/bench/case'
import { summarise } from '../../../tools/bench/summary'

const RATE: Row = { title: 'emit: record', unit: 'records/s', wanted: { least: 1 } }
const MEMORY: Row = { title: 'memory', unit: 'MiB', wanted: { most: 64 } }

describe('summary of a benchmark', () => {
  it('gives medians of the figures and of the ratio of each round', () => {
    const pairs = [
      { ours: 100, reference: 50 },
      { ours: 90, reference: 100 },
      { ours: 120, reference: 100 },
    ]
    assert.deepEqual(summarise(RATE, pairs), {
      name: 'emit: record, records/s',
      ours: 100,
      reference: 100,
      ratio: 1.2,
      wanted: '≥ 1 ×',
      ok: true,
    })
  })

  it('judges the ratio where there is a reference', () => {
    assert.equal(summarise(RATE, [{ ours: 99, reference: 100 }]).ok, false)
    assert.equal(summarise(RATE, [{ ours: 100, reference: 100 }]).ok, true)
  })

  it('judges the figure itself where there is no reference, and nothing where nothing is wanted', () => {
    const { ratio, reference, wanted, ok } = summarise(MEMORY, [{ ours: 65, reference: null }])
    assert.deepEqual(
      { ratio, reference, wanted, ok },
      {
        ...{ ratio: null, reference: null, wanted: '≤ 64 MiB', ok: false },
      },
    )
    const told = summarise({ ...MEMORY, wanted: null }, [{ ours: 65, reference: null }])
    assert.deepEqual([told.wanted, told.ok], ['reported', null])
  })

  it('calls what could not be measured missed', () => {
    assert.equal(summarise(MEMORY, [{ ours: NaN, reference: null }]).ok, false)
    assert.equal(summarise(RATE, []).ok, false)
  })
})
