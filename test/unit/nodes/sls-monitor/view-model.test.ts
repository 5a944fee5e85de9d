import assert from 'node:assert/strict'
import { snapshotOfConfigError } from '../../../../lib/consumer/snapshot'
import { reportOf, type ShardReport } from '../../../../lib/monitoring/report'
import type { MonitoredConsumer } from '../../../../nodes/sls-monitor/monitor-api'
import { durationText, Series, viewOf } from '../../../../nodes/sls-monitor/editor/view-model'

const SHARD: ShardReport = {
  partition: 2,
  position: '9007199254740995',
  committed: null,
  queued: 0,
  records: 5,
  bytes: 50,
  inFlight: 3,
  oldestSeconds: 1,
  attempts: 1,
  nextAttemptAt: null,
  rate: 1,
  bytesPerSecond: 10,
  delaySeconds: 75,
  isPaused: false,
  stopped: null,
  lastFetchAt: 0,
  lastError: null,
}

const TOLD = { code: 'SLS_CONFIG_INVALID', at: 0 } as const

function consumer(changes: Partial<MonitoredConsumer>): MonitoredConsumer {
  return {
    ...reportOf(snapshotOfConfigError(TOLD)),
    ...{ id: 'n1', name: '', flow: 'tab', project: 'shop', logstore: 'access-log', group: 'g' },
    ...{ ok: false, alias: null, error: null, history: [] },
    status: { fill: 'green', shape: 'dot', text: '1/s' },
    ...changes,
  }
}

describe('view of a consumer', () => {
  it('has the name of the node as title, else logstore and group', () => {
    assert.deepEqual(
      [viewOf(consumer({})), viewOf(consumer({ name: 'errors' }))].map((view) => [
        view.title,
        view.subtitle,
      ]),
      [
        ['access-log · g', ''],
        ['errors', 'access-log · g'],
      ],
    )
    assert.equal(viewOf(consumer({ logstore: '', group: '' })).title, 'sls in')
  })

  it('has no delay for a node without shards', () => {
    assert.equal(viewOf(consumer({ state: 'consuming', shards: [] })).delay, '–')
  })

  it('has a delay but no action while the consumer does not consume', () => {
    const lost = { state: 'reconnecting', delaySeconds: 75, shards: [SHARD] }
    const { delay, action } = viewOf(consumer(lost))
    assert.deepEqual([delay, action], ['1.2min', null])
    const reading = viewOf(consumer({ state: 'consuming', rate: 1234, delaySeconds: 4 }))
    assert.deepEqual([reading.rate, reading.delay, reading.action], ['1.2k/s', '4s', 'pause'])
    assert.equal(viewOf(consumer({ state: 'consuming', isPaused: true })).action, 'resume')
  })

  it('has a row for each shard with the action of its button', () => {
    const shards: ShardReport[] = [
      SHARD,
      { ...SHARD, isPaused: true },
      { ...SHARD, isPaused: true, stopped: 'SLS_REJECTED' },
    ]
    const rows = viewOf(consumer({ shards })).shards
    assert.deepEqual(
      rows.map(({ state, action }) => [state, action]),
      [
        ['reading', 'pause'],
        ['paused', 'resume'],
        ['stopped', 'skip'],
      ],
    )
    const { position, inFlight, delay } = rows[0] ?? assert.fail('no line')
    assert.deepEqual([position, inFlight, delay], ['9007199254740995', '3', '1.2min'])
  })

  it('says what is not done, and the committed offset only where reading begins again from it', () => {
    const commitOf = (changes: Partial<ShardReport>, state = 'consuming'): unknown => {
      const { commit } =
        viewOf(consumer({ state, shards: [{ ...SHARD, ...changes }] })).shards[0] ?? {}
      return commit && [commit.key, commit.count, commit.offset]
    }
    const done = { inFlight: 0, committed: '9007199254740000' }
    assert.deepEqual(commitOf({ queued: 2 }), ['not-done', 5, '–'])
    assert.deepEqual(commitOf({ ...done, inFlight: 3 }), ['not-done', 3, '9007199254740000'])
    assert.deepEqual(commitOf(done), ['soon', 0, '9007199254740000'])
    assert.deepEqual(commitOf({ ...done, committed: SHARD.position }), ['all', 0, SHARD.position])
    const stopped = { ...done, stopped: 'SLS_REJECTED' } as const
    assert.deepEqual(commitOf(stopped), ['at', 0, '9007199254740000'])
    assert.deepEqual(commitOf(done, 'reconnecting'), ['at', 0, '9007199254740000'])
    assert.equal(commitOf({ position: null }), null)
  })

  it('formats durations with one unit', () => {
    const seconds = [0, 59, 60, 75, 3_599, 3_600, 9_000, 86_400]
    assert.deepEqual(seconds.map(durationText), [
      ...['0s', '59s', '1min', '1.2min', '60min', '1h', '2.5h', '1d'],
    ])
  })
})

describe('series', () => {
  const point = (at: number): { at: number; rate: number; delaySeconds: number | null } => ({
    at,
    rate: at / 1000,
    delaySeconds: null,
  })

  it('combines responses, and ends with the newest point, in seconds', () => {
    const series = new Series(60_000)
    series.add([point(1_000), point(6_000)], 7_000)
    series.add([point(11_000)], 12_000)
    assert.deepEqual(series.columns(point(12_000), 5_000), [
      [1, 6, 11, 12],
      [1, 6, 11, 12],
      [null, null, null, null],
    ])
  })

  it('drops points that are too old', () => {
    const series = new Series(10_000)
    series.add([point(1_000), point(6_000)], 7_000)
    series.add([], 12_000)
    assert.deepEqual(series.columns(point(12_000), 5_000)[0], [6, 12])
  })

  it('keeps one of two points with the same time', () => {
    const series = new Series(60_000)
    series.add([point(1_000), point(6_000)], 7_000)
    series.add([point(6_000), point(11_000)], 12_000)
    assert.deepEqual(series.columns(point(12_000), 5_000)[0], [1, 6, 11, 12])
  })

  it('begins again after the clock of the server was set back', () => {
    const series = new Series(60_000)
    series.add([point(51_000), point(56_000)], 57_000)
    series.add([point(11_000), point(16_000)], 17_000)
    series.add([point(21_000)], 22_000)
    assert.deepEqual(series.columns(point(22_000), 5_000)[0], [11, 16, 21, 22])
    series.add([point(9_000), point(14_000)], 15_000)
    assert.deepEqual(series.columns(point(15_000), 5_000)[0], [9, 14, 15], 'by a few seconds')
  })

  it('leaves a gap without points', () => {
    const series = new Series(600_000)
    series.add([point(0), point(5_000), point(60_000)], 60_000)
    const [times, rates] = series.columns(point(62_000), 5_000)
    assert.deepEqual(rates, [0, 5, null, 60, 62])
    assert.deepEqual(times, [0, 5, 5.001, 60, 62])
  })
})
