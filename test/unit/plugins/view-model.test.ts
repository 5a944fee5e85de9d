import assert from 'node:assert/strict'
import { snapshotOfConfigError } from '../../../lib/consumer/snapshot'
import { reportOf, type ShardReport } from '../../../lib/monitoring/report'
import type { MonitoredConsumer } from '../../../plugins/sls-monitor/monitor-answer'
import { durationText, Series, viewOf } from '../../../plugins/sls-monitor/view-model'

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
  it('is called by its name, else by what it reads', () => {
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

  it('tells no delay of a node without shards', () => {
    assert.equal(viewOf(consumer({ state: 'consuming', shards: [] })).delay, '–')
  })

  it('tells the delay but can be neither paused nor resumed while it does not read', () => {
    const lost = { state: 'reconnecting', delaySeconds: 75, shards: [SHARD] }
    const { delay, action } = viewOf(consumer(lost))
    assert.deepEqual([delay, action], ['1.2min', null])
    const reading = viewOf(consumer({ state: 'consuming', rate: 1234, delaySeconds: 4 }))
    assert.deepEqual([reading.rate, reading.delay, reading.action], ['1.2k/s', '4s', 'pause'])
    assert.equal(viewOf(consumer({ state: 'consuming', isPaused: true })).action, 'resume')
  })

  it('has a line for each shard, which says what its button does', () => {
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
    const { position, committed, inFlight, delay } = rows[0] ?? assert.fail('no line')
    assert.deepEqual(
      [position, committed, inFlight, delay],
      ['9007199254740995', '–', '3', '1.2min'],
    )
  })

  it('writes durations shortly', () => {
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

  it('puts answers together and ends with the newest moment, in seconds', () => {
    const series = new Series(60_000)
    series.add([point(1_000), point(6_000)], 7_000)
    series.add([point(11_000)], 12_000)
    assert.deepEqual(series.columns(point(12_000), 5_000), [
      [1, 6, 11, 12],
      [1, 6, 11, 12],
      [null, null, null, null],
    ])
  })

  it('forgets what is too old', () => {
    const series = new Series(10_000)
    series.add([point(1_000), point(6_000)], 7_000)
    series.add([], 12_000)
    assert.deepEqual(series.columns(point(12_000), 5_000)[0], [6, 12])
  })

  it('keeps one point of those that two answers bring', () => {
    const series = new Series(60_000)
    series.add([point(1_000), point(6_000)], 7_000)
    series.add([point(6_000), point(11_000)], 12_000)
    assert.deepEqual(series.columns(point(12_000), 5_000)[0], [1, 6, 11, 12])
  })

  it('begins again when the clock of the server was put back', () => {
    const series = new Series(60_000)
    series.add([point(51_000), point(56_000)], 57_000)
    series.add([point(11_000), point(16_000)], 17_000)
    series.add([point(21_000)], 22_000)
    assert.deepEqual(series.columns(point(22_000), 5_000)[0], [11, 16, 21, 22])
    series.add([point(9_000), point(14_000)], 15_000)
    assert.deepEqual(series.columns(point(15_000), 5_000)[0], [9, 14, 15], 'by a few seconds')
  })

  it('draws no line over a time of which nothing is known', () => {
    const series = new Series(600_000)
    series.add([point(0), point(5_000), point(60_000)], 60_000)
    const [times, rates] = series.columns(point(62_000), 5_000)
    assert.deepEqual(rates, [0, 5, null, 60, 62])
    assert.deepEqual(times, [0, 5, 5.001, 60, 62])
  })
})
