import assert from 'node:assert/strict'
import { format, type Report } from '../../../bench/report'

const REPORT: Report = {
  machine: { cores: 2, processor: 'Some Processor', node: 'v20.0.0' },
  cases: [
    { name: 'fast', ours: 123_000, reference: 61_500, ratio: 2, wanted: '≥ 1 ×', ok: true },
    { name: 'memory, MiB', ours: 70.5, reference: null, ratio: null, wanted: '≤ 64', ok: false },
    { name: 'told', ours: 1, reference: 4, ratio: 0.25, wanted: 'reported', ok: null },
  ],
}

describe('report of the benchmarks', () => {
  it('is one JSON object', () => {
    assert.deepEqual(JSON.parse(format(REPORT, 'json')), REPORT)
  })

  it('is a table', () => {
    assert.equal(
      format(REPORT, 'table'),
      [
        '2 × Some Processor, Node.js v20.0.0',
        '',
        'case            ours  reference  ratio  wanted',
        'fast         123,000     61,500      2  ≥ 1 ×     ok',
        'memory, MiB     70.5                    ≤ 64      missed',
        'told               1          4   0.25  reported',
        '',
      ].join('\n'),
    )
  })

  it('is a table in markdown as prettier has it', () => {
    assert.equal(
      format(REPORT, 'markdown'),
      [
        '2 × Some Processor, Node.js v20.0.0',
        '',
        '| case        | ours    | reference | ratio | wanted   |        |',
        '| ----------- | ------- | --------- | ----- | -------- | ------ |',
        '| fast        | 123,000 | 61,500    | 2     | ≥ 1 ×    | ok     |',
        '| memory, MiB | 70.5    |           |       | ≤ 64     | missed |',
        '| told        | 1       | 4         | 0.25  | reported |        |',
        '',
      ].join('\n'),
    )
  })
})
