import assert from 'node:assert/strict'
import { judge, type Bound } from '../../faults/judge'
import type { Expectation, Measurements, StatusFill } from '../../faults/measurements'

const MET_AT = 1_000
const CLEARED_AT = 20_000
const ENDED_AT = 60_000
const EVERY_MS = 500
const SHARDS = 2

const EXPECTED: Expectation = {
  mustBeMet: true,
  notGreenWithinMs: 5_000,
  yellowWithinMs: null,
  resumesWithinMs: 5_000,
}
const COMMITS_FAIL: Expectation = { ...EXPECTED, yellowWithinMs: 10_000 }

/** Deliveries of a shard, every half second, except in a span. */
const deliveries = (stopMs = Infinity, resumeMs = Infinity): number[] =>
  Array.from({ length: ENDED_AT / EVERY_MS }, (_, index) => index * EVERY_MS).filter(
    (timeMs) => timeMs <= stopMs || timeMs >= resumeMs,
  )

/** A consumer that keeps all bounds and reads on through the fault. */
const HEALTHY: Measurements = {
  metAtMs: MET_AT,
  clearedAtMs: CLEARED_AT,
  endedAtMs: ENDED_AT,
  requests: {},
  connections: [],
  refusedLoginsMs: [],
  reports: [],
  statuses: [{ atMs: -1_000, fill: 'green' }],
  deliveriesMs: Array.from({ length: SHARDS }, () => deliveries()),
}

const broken = (changes: Partial<Measurements>, expected = EXPECTED): Bound[] =>
  judge({ ...HEALTHY, ...changes }, expected).map(({ bound }) => bound)

const times = (count: number, everyMs: number, fromMs = MET_AT): number[] =>
  Array.from({ length: count }, (_, index) => fromMs + index * everyMs)

const failing = (timesMs: readonly number[]): { atMs: number; isFailing: boolean }[] =>
  timesMs.map((atMs) => ({ atMs, isFailing: true }))

describe('judge of fault cases', () => {
  it('finds nothing wrong with a consumer that keeps all bounds', () => {
    assert.deepEqual(broken({}), [])
  })

  describe('a fault that nothing met', () => {
    it('breaks the case, and nothing else is judged', () => {
      assert.deepEqual(broken({ metAtMs: null, deliveriesMs: [[]] }), ['met'])
    })

    it('is right where no fault was switched on', () => {
      assert.deepEqual(broken({ metAtMs: null }, { ...EXPECTED, mustBeMet: false }), [])
    })
  })

  describe('failing requests', () => {
    it('may be three of one API in the first second', () => {
      assert.deepEqual(broken({ requests: { Fetch: failing(times(3, 300)) } }), [])
      assert.deepEqual(broken({ requests: { Fetch: failing(times(4, 300)) } }), [
        'failing requests in the first second',
      ])
    })

    it('do not count for the first second from its end on', () => {
      assert.deepEqual(broken({ requests: { Fetch: failing([0, 100, 200, 1_000]) } }), [])
      assert.deepEqual(broken({ requests: { Fetch: failing([0, 100, 200, 999]) } }), [
        'failing requests in the first second',
      ])
    })

    it('may be six of one API in any ten seconds', () => {
      const late = times(6, 1_500, 11_000)
      assert.deepEqual(broken({ requests: { Fetch: failing([0, ...late]) } }), [])
      assert.deepEqual(broken({ requests: { Fetch: failing([0, ...late, 20_999]) } }), [
        'failing requests in 10 s',
      ])
      assert.deepEqual(broken({ requests: { Fetch: failing([0, ...late, 21_000]) } }), [])
    })

    it('count for each API alone', () => {
      const requests = { Fetch: failing(times(3, 300)), Heartbeat: failing(times(3, 300)) }
      assert.deepEqual(broken({ requests }), [])
    })

    it('do not include requests that succeed', () => {
      const succeeding = times(100, 10).map((atMs) => ({ atMs, isFailing: false }))
      assert.deepEqual(broken({ requests: { Fetch: succeeding } }), [])
    })
  })

  it('allows ten Metadata requests in ten seconds, failing or not', () => {
    const metadata = (count: number): Partial<Measurements> => ({
      requests: { Metadata: times(count, 900).map((atMs) => ({ atMs, isFailing: false })) },
    })
    assert.deepEqual(broken(metadata(10)), [])
    assert.deepEqual(broken(metadata(11)), ['Metadata in 10 s'])
  })

  for (const [purpose, most] of [
    ['fetch', 12],
    ['group', 12],
    ['unknown', 24],
  ] as const) {
    it(`allows ${most} connections of the purpose ${purpose} in 30 seconds`, () => {
      const connections = (count: number, everyMs: number): Partial<Measurements> => ({
        connections: times(count, everyMs).map((atMs) => ({ atMs, purpose })),
      })
      assert.deepEqual(broken(connections(most, 1_000)), [])
      assert.deepEqual(broken(connections(most + 1, 1_000)), ['connections in 30 s'])
      assert.deepEqual(broken(connections(most + 1, 30_000 / most)), [])
    })
  }

  it('counts the connections of each purpose alone', () => {
    const connections = times(24, 500).map((atMs, index) => ({
      atMs,
      purpose: index % 2 === 0 ? ('fetch' as const) : ('group' as const),
    }))
    assert.deepEqual(broken({ connections }), [])
  })

  it('allows five refused logins in 30 seconds', () => {
    assert.deepEqual(broken({ refusedLoginsMs: times(5, 7_000) }), [])
    assert.deepEqual(broken({ refusedLoginsMs: times(6, 5_999) }), ['refused logins in 30 s'])
    assert.deepEqual(broken({ refusedLoginsMs: times(6, 6_000) }), [])
  })

  it('allows five reports a minute for each cause', () => {
    const reports = (count: number): Partial<Measurements> => ({
      reports: ['joined', 'failure SLS_UNREACHABLE'].flatMap((cause) =>
        times(count, 1_000).map((atMs) => ({ atMs, cause })),
      ),
    })
    assert.deepEqual(broken(reports(5)), [])
    assert.deepEqual(broken(reports(6)), ['reports in a minute', 'reports in a minute'])
  })

  describe('status while a shard is not read', () => {
    const stopped = (changes: readonly [number, StatusFill][]): Partial<Measurements> => ({
      statuses: [
        ...(HEALTHY.statuses as { atMs: number; fill: StatusFill }[]),
        ...changes.map(([atMs, fill]) => ({ atMs, fill })),
      ],
      deliveriesMs: [deliveries(), deliveries(MET_AT, CLEARED_AT)],
    })

    it('may be green for the bound and a second of tolerance', () => {
      assert.deepEqual(broken(stopped([[MET_AT + 6_000, 'yellow']])), [])
      assert.deepEqual(broken(stopped([[MET_AT + 6_001, 'yellow']])), ['not green'])
    })

    it('may be green longer where responses are lost', () => {
      const expected = { ...EXPECTED, notGreenWithinMs: 15_000 }
      assert.deepEqual(broken(stopped([[MET_AT + 16_000, 'red']]), expected), [])
      assert.deepEqual(broken(stopped([[MET_AT + 16_001, 'red']]), expected), ['not green'])
    })

    it('must not turn green again before the fault ends', () => {
      const [yellow, end] = [[MET_AT + 1_000, 'yellow'] as const, [19_000, 'yellow'] as const]
      assert.deepEqual(broken(stopped([[...yellow], [18_900, 'green'], [...end]])), ['not green'])
      assert.deepEqual(broken(stopped([[...yellow], [CLEARED_AT, 'green']])), [])
    })

    it('counts from the last record where reading stops later than the fault is met', () => {
      const late = {
        ...stopped([[14_000, 'yellow']]),
        deliveriesMs: [deliveries(), deliveries(8_000, CLEARED_AT)],
      }
      assert.deepEqual(broken(late), [])
      const later = { ...late, deliveriesMs: [deliveries(), deliveries(7_000, CLEARED_AT)] }
      assert.deepEqual(broken(later), ['not green'])
    })

    it('counts from the fault where the last record came before', () => {
      const early = {
        ...stopped([[MET_AT + 6_000, 'yellow']]),
        deliveriesMs: [deliveries(0, CLEARED_AT), deliveries()],
      }
      assert.deepEqual(broken(early), [])
    })

    it('may be green while records arrive often enough', () => {
      const slow = times(20, 5_900, 0)
      assert.deepEqual(broken({ deliveriesMs: [slow, deliveries()], clearedAtMs: 20_000 }), [])
    })
  })

  describe('status while only commits fail', () => {
    const status = (...changes: [number, StatusFill][]): Partial<Measurements> => ({
      statuses: [
        { atMs: -1_000, fill: 'green' },
        ...changes.map(([atMs, fill]) => ({ atMs, fill })),
      ],
    })

    it('must be yellow within the bound and a second of tolerance', () => {
      assert.deepEqual(broken(status([MET_AT + 11_000, 'yellow']), COMMITS_FAIL), [])
      assert.deepEqual(broken(status([MET_AT + 11_001, 'yellow']), COMMITS_FAIL), ['yellow'])
    })

    it('must not be red while records arrive', () => {
      assert.deepEqual(broken(status([MET_AT + 1_000, 'red']), COMMITS_FAIL), ['yellow'])
    })

    it('may be red where reading has stopped as well', () => {
      const stopped = { deliveriesMs: [deliveries(), deliveries(MET_AT, CLEARED_AT)] }
      const red = status([MET_AT + 1_000, 'red'])
      assert.deepEqual(broken({ ...red, ...stopped }, COMMITS_FAIL), [])
    })

    it('is not judged where commits do not fail', () => {
      assert.deepEqual(broken({}, EXPECTED), [])
    })
  })

  describe('records after the end of a fault', () => {
    const resumed = (afterMs: number): Partial<Measurements> => ({
      statuses: [{ atMs: -1_000, fill: 'yellow' }],
      deliveriesMs: [
        deliveries(),
        [...deliveries(MET_AT), CLEARED_AT + afterMs, ...deliveries(-1, CLEARED_AT + 40_000)],
      ],
    })

    it('must arrive within the bound and a second of tolerance', () => {
      assert.deepEqual(broken(resumed(6_000)), [])
      assert.deepEqual(broken(resumed(6_001)), ['records again'])
    })

    it('may take one backoff where the membership ended', () => {
      const expected = { ...EXPECTED, resumesWithinMs: 33_000 }
      assert.deepEqual(broken(resumed(34_000), expected), [])
      assert.deepEqual(broken(resumed(34_001), expected), ['records again'])
    })

    it('must arrive at every shard', () => {
      const never = { ...resumed(0), deliveriesMs: [deliveries(), deliveries(MET_AT)] }
      assert.deepEqual(broken(never), ['records again'])
    })
  })
})
