import assert from 'node:assert/strict'
import { hereAndNow, parseTime, timeOf, type HereAndNow } from '../../../lib/config/time'

const NOW = Date.UTC(2026, 10, 22, 12)

/** China in winter, and an hour more from April to October, as it was in 1990. */
const HERE: HereAndNow = {
  now: NOW,
  zoneOffset: (wall) => {
    const month = new Date(wall).getUTCMonth()
    return month >= 3 && month <= 9 ? 540 : 480
  },
}

const TEN = Date.UTC(2026, 10, 22, 2)

describe('config/time', () => {
  describe('reads', () => {
    const cases: readonly [string | number, number][] = [
      ['2026-11-22T10:00:00+08:00', TEN],
      ['2026-11-22T02:00:00Z', TEN],
      ['2026-11-22T02:00:00z', TEN],
      ['2026-11-22t10:00:00+08:00', TEN],
      ['2026-11-22 10:00:00+08:00', TEN],
      ['2026-11-22 10:00:00 +0800', TEN],
      ['2026-11-22T10:00+08', TEN],
      [' 2026-11-22T10:00+08:00 ', TEN],
      ['2026-11-21T21:30:00-04:30', TEN],
      ['2026-11-22T10:00:00-00:00', TEN + 8 * 3_600_000],
      ['2026-11-22T10:00:00.5+08:00', TEN + 500],
      ['2026-11-22T10:00:00.123456789+08:00', TEN + 123],
      ['2026-11-22T10:00:00,007+08:00', TEN + 7],
      ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
      ['1970-01-01T08:00:00+08:00', 0],
      ['2026-11-22T12:00:00Z', NOW],
      [TEN, TEN],
      [TEN + 0.7, TEN],
      [NOW, NOW],
      [0, 0],
    ]
    for (const [value, at] of cases) {
      it(`${typeof value} ${value}`, () => {
        assert.deepEqual(parseTime(value, HERE), { at })
      })
    }
  })

  describe('reads a span before now', () => {
    const cases: readonly [string, number][] = [
      ['-90s', 90_000],
      ['-30m', 1_800_000],
      ['-1h', 3_600_000],
      ['-2d', 172_800_000],
      ['-1H', 3_600_000],
      ['-0s', 0],
    ]
    for (const [value, ago] of cases) {
      it(value, () => {
        assert.deepEqual(parseTime(value, HERE), { ago })
      })
    }
  })

  describe('refuses a value that is not a time:', () => {
    const cases: readonly (string | number)[] = [
      '',
      'yesterday',
      '1h',
      '+1h',
      '-1',
      '-h',
      '-1.5h',
      '-1w',
      '-1h30m',
      '10:00',
      '22.11.2026 10:00',
      '2026/11/22 10:00:00',
      '2026-11-22T10',
      '2026-11-22T10:00:00CST',
      '2026-11-22T10:00:00+8',
      '2026-11-22+08:00',
      String(TEN),
      -1,
      NaN,
      Infinity,
    ]
    for (const value of cases) {
      it(`${typeof value} ${JSON.stringify(value)}`, () => {
        const params = { value: String(value) }
        assert.deepEqual(parseTime(value, HERE), { reason: 'time', params })
      })
    }
  })

  describe('refuses a time without zone, and suggests the local zone for', () => {
    const cases: readonly [string, string][] = [
      ['2026-11-22T10:00:00', '2026-11-22T10:00:00+08:00'],
      ['2026-11-22 10:00', '2026-11-22 10:00+08:00'],
      ['2026-11-22T10:00:00.250', '2026-11-22T10:00:00.250+08:00'],
      ['2026-11-22', '2026-11-22T00:00:00+08:00'],
      ['2026-07-22T10:00:00', '2026-07-22T10:00:00+09:00'],
    ]
    for (const [value, right] of cases) {
      it(value, () => {
        const params = { value, right }
        assert.deepEqual(parseTime(value, HERE), { reason: 'time-without-zone', params })
        assert.ok('at' in parseTime(right, HERE))
      })
    }

    const zones: readonly [number, string][] = [
      [0, '+00:00'],
      [-210, '-03:30'],
      [345, '+05:45'],
    ]
    for (const [minutes, zone] of zones) {
      it(`an offset of ${minutes} minutes`, () => {
        const problem = parseTime('2026-11-22T10:00:00', { now: NOW, zoneOffset: () => minutes })
        assert.equal('params' in problem && problem.params.right, `2026-11-22T10:00:00${zone}`)
      })
    }
  })

  describe('refuses an impossible time:', () => {
    const cases: readonly string[] = [
      '2026-02-30T10:00:00Z',
      '2026-02-30',
      '2025-02-29T00:00:00Z',
      '2026-13-01T10:00:00Z',
      '2026-00-10T10:00:00Z',
      '2026-11-00T10:00:00Z',
      '2026-11-22T24:00:00Z',
      '2026-11-22T10:60:00Z',
      '2026-11-22T10:00:60Z',
      '2026-11-22T10:00:00+15:00',
      '2026-11-22T10:00:00+08:60',
      '1969-12-31T23:59:59Z',
      '0001-01-01T00:00:00Z',
    ]
    for (const value of cases) {
      it(value, () => {
        assert.deepEqual(parseTime(value, HERE), { reason: 'time-impossible', params: { value } })
      })
    }
  })

  it('refuses a time in the future', () => {
    for (const value of ['2026-11-22T12:00:01Z', '2026-11-22T21:00:00+08:00', NOW + 1]) {
      const params = { value: String(value) }
      assert.deepEqual(parseTime(value, HERE), { reason: 'time-future', params })
    }
  })

  it('refuses seconds given as milliseconds, and suggests the milliseconds', () => {
    const params = { value: '1795312800', right: '1795312800000' }
    assert.deepEqual(parseTime(1_795_312_800, HERE), { reason: 'time-seconds', params })
  })

  it('counts a span back from the moment at which the time is needed, and not beyond 1970', () => {
    assert.equal(timeOf({ ago: 3_600_000 }, NOW), NOW - 3_600_000)
    assert.equal(timeOf({ ago: NOW + 1 }, NOW), 0)
    assert.equal(timeOf({ at: TEN }, NOW), TEN)
  })

  describe('the local zone', () => {
    const { TZ } = process.env

    afterEach(() => {
      if (TZ === undefined) delete process.env['TZ']
      else process.env['TZ'] = TZ
    })

    it('is the zone of this machine on the given day', () => {
      process.env['TZ'] = 'America/New_York'
      const { zoneOffset } = hereAndNow(NOW)
      assert.equal(zoneOffset(Date.UTC(2026, 0, 15, 10)), -300)
      assert.equal(zoneOffset(Date.UTC(2026, 6, 15, 10)), -240)
      // The clocks go forward at two in the morning.
      assert.equal(zoneOffset(Date.UTC(2026, 2, 8, 1, 59)), -300)
      assert.equal(zoneOffset(Date.UTC(2026, 2, 8, 3, 0)), -240)
    })
  })
})
