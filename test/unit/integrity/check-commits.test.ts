import assert from 'node:assert/strict'
import { keyOf } from '../../../tools/shared/integrity/acked'
import { violationsIn, type Evidence } from '../../../tools/shared/integrity/check-commits'

/** Records 10, 11, 12 of shard 0 and record 7 of shard 1; offsets jump after 11. */
const RECORDS = [
  { shard: 0, offset: '10' },
  { shard: 0, offset: '11' },
  { shard: 0, offset: '131084' },
  { shard: 1, offset: '7' },
]

function finished(...entries: readonly (readonly [number, string, number])[]): Map<string, number> {
  return new Map(entries.map(([shard, offset, time]) => [keyOf(shard, offset), time]))
}

function commit(time: number, offset: string, shard = 0): Evidence['commits'][number] {
  return { time, shard, offset }
}

const IN_ORDER = finished([0, '10', 100], [0, '11', 200], [0, '131084', 300], [1, '7', 150])

function kindsIn(evidence: Omit<Evidence, 'records'>): string[] {
  return violationsIn({ records: RECORDS, ...evidence }).map(({ kind }) => kind)
}

describe('the check of commits', () => {
  it('has nothing against commits that come after what they cover', () => {
    const commits = [
      commit(50, '10'),
      commit(100, '11'),
      commit(160, '8', 1),
      commit(250, '12'),
      commit(260, '131084'),
      commit(300, '131085'),
    ]
    assert.deepEqual(kindsIn({ finished: IN_ORDER, commits }), [])
  })

  it('finds a commit of a record that was never finished, and names the first one', () => {
    const [violation, ...more] = violationsIn({
      records: RECORDS,
      finished: finished([0, '11', 100], [0, '131084', 100]),
      commits: [commit(500, '131085')],
    })
    assert.deepEqual(more, [])
    assert.equal(violation?.kind, 'unfinished')
    assert.equal(violation.offset, '10')
    assert.equal(violation.commit.time, 500)
  })

  it('finds a commit that came before the record was finished, if only by 1 ms', () => {
    const commits = [commit(199, '12')]
    const [violation] = violationsIn({ records: RECORDS, finished: IN_ORDER, commits })
    assert.equal(violation?.kind, 'too-soon')
    assert.equal(violation.offset, '11')
    assert.equal(violation.lateBy, 1)
  })

  it('finds a commit over a gap: later records were finished, an earlier one was not', () => {
    const gap = finished([0, '10', 100], [0, '131084', 100])
    assert.deepEqual(kindsIn({ finished: gap, commits: [commit(150, '11')] }), [])
    assert.deepEqual(kindsIn({ finished: gap, commits: [commit(150, '131085')] }), ['unfinished'])
  })

  it('does not take a record of another shard for finished', () => {
    const other = finished([1, '10', 100])
    assert.deepEqual(kindsIn({ finished: other, commits: [commit(500, '11')] }), ['unfinished'])
  })

  it('finds a commit behind the last record', () => {
    const commits = [commit(400, '131086')]
    assert.deepEqual(kindsIn({ finished: IN_ORDER, commits }), ['past-the-end'])
  })

  it('finds a commit that takes an earlier one back', () => {
    const commits = [commit(250, '12'), commit(260, '11'), commit(270, '12')]
    assert.deepEqual(kindsIn({ finished: IN_ORDER, commits }), ['backwards'])
  })

  it('leaves out what lies before the start of the group, and that only', () => {
    const startedAt = new Map([[0, '131084']])
    const none = finished()
    assert.deepEqual(kindsIn({ finished: none, startedAt, commits: [commit(1, '131084')] }), [])
    assert.deepEqual(kindsIn({ finished: none, startedAt, commits: [commit(1, '131085')] }), [
      'unfinished',
    ])
    assert.deepEqual(kindsIn({ finished: none, startedAt, commits: [commit(1, '8', 1)] }), [
      'unfinished',
    ])
  })

  it('reports each commit that is wrong', () => {
    const commits = [commit(1, '11'), commit(2, '12'), commit(3, '8', 1)]
    assert.deepEqual(
      violationsIn({ records: RECORDS, finished: IN_ORDER, commits }).map((violation) => [
        violation.commit.shard,
        violation.offset,
      ]),
      [
        [0, '10'],
        [0, '10'],
        [1, '7'],
      ],
    )
  })
})
