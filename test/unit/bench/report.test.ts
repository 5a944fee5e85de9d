import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CASES } from '../../../tools/bench/cases'
import { format, type Report } from '../../../tools/bench/report'
import { nameOf } from '../../../tools/bench/summary'
import { repositoryRoot } from '../../../tools/shared/repository'

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

  for (const document of ['docs/performance.md', 'docs/performance.zh-CN.md']) {
    it(`stands in ${document}, with all cases`, () => {
      const text = readFileSync(join(repositoryRoot(), document), 'utf8')
      const block = /^```\n(\d+ × .*\n\ncase [\s\S]*?)^```$/m.exec(text)?.[1] ?? ''
      const [, , , ...lines] = block.trimEnd().split('\n')
      const rows = CASES.flatMap((one) => one.rows).map(nameOf)
      assert.deepEqual(
        lines.map((line) => line.split(/ {2,}/)[0]),
        rows,
      )
    })
  }
})
