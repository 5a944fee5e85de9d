const MIB = 1_048_576

/** What is sampled of a process, or of the group as a whole. */
export type Figure = 'resident' | 'heap' | 'sockets' | 'timers' | 'listeners' | 'delay'

interface FigureInfo {
  readonly name: string
  readonly unit: string
  /** Samples are in bytes, milliseconds or pieces; texts are in units of so many. */
  readonly size: number
  readonly digits: number
  /** How much more than in the second quarter of its samples the last quarter may have. */
  readonly bound: number
}

/**
 * The bounds are above what a run without a leak varies by. In a run of an hour, a leak of 500 bytes for
 * each record of a process exceeds the bound of the heap.
 */
export const FIGURES: Readonly<Record<Figure, FigureInfo>> = {
  resident: { name: 'resident memory', unit: ' MiB', size: MIB, digits: 1, bound: 32 * MIB },
  heap: { name: 'heap in use', unit: ' MiB', size: MIB, digits: 1, bound: 8 * MIB },
  sockets: { name: 'sockets', unit: '', size: 1, digits: 0, bound: 4 },
  timers: { name: 'timers', unit: '', size: 1, digits: 0, bound: 20 },
  listeners: { name: 'listeners', unit: '', size: 1, digits: 0, bound: 4 },
  delay: { name: 'delay', unit: ' s', size: 1_000, digits: 1, bound: 5_000 },
}

/** Two samples a quarter: one alone may be taken during an outage. */
export const LEAST_SAMPLES = 8

export interface Point {
  /** Milliseconds from the start of the run. */
  readonly at: number
  readonly value: number
}

/** The samples of one figure, in the order of time. */
export interface Series {
  /** The process without a restart, or the group. */
  readonly of: string
  readonly figure: Figure
  readonly points: readonly Point[]
}

export interface Growth {
  readonly of: string
  readonly figure: Figure
  /** Samples after the time to settle. */
  readonly samples: number
  /** Median of the second quarter of these samples. */
  readonly before: number
  /** Median of their last quarter. */
  readonly after: number
  readonly isExceeded: boolean
}

/**
 * Compares the last quarter of the samples with the second. Medians, because single samples meet an
 * outage or a redeploy; the second quarter, because caches and compiled code still grow in the first.
 *
 * @param settleMs from the first sample on, which is left out
 * @returns null for too few samples
 */
export function growthOf({ of, figure, points }: Series, settleMs: number): Growth | null {
  const start = (points[0]?.at ?? 0) + settleMs
  const values = points.filter(({ at }) => at >= start).map(({ value }) => value)
  if (values.length < LEAST_SAMPLES) return null
  const quarter = (index: number): number => Math.floor((values.length * index) / 4)
  const before = median(values.slice(quarter(1), quarter(2)))
  const after = median(values.slice(quarter(3)))
  const isExceeded = after - before > FIGURES[figure].bound
  return { of, figure, samples: values.length, before, after, isExceeded }
}

/** What has grown, and of whom that cannot be said although it has to be. */
export interface GrowthVerdict {
  readonly growths: readonly Growth[]
  readonly breaches: readonly string[]
}

/**
 * Judges each figure of each process that was sampled often enough.
 *
 * @param expected names of what must have been sampled often enough: the processes that were not ended
 */
export function judgeGrowth(
  series: readonly Series[],
  settleMs: number,
  expected: readonly string[],
): GrowthVerdict {
  const growths = series.flatMap((one) => growthOf(one, settleMs) ?? [])
  const judged = new Set(growths.map(({ of }) => of))
  return {
    growths,
    breaches: [
      ...growths
        .filter(({ isExceeded }) => isExceeded)
        .map(({ of, figure }) => `${of}: ${FIGURES[figure].name} has grown by more than its bound`),
      ...expected
        .filter((name) => !judged.has(name))
        .map((name) => `${name} was sampled too seldom for a judgement on growth`),
    ],
  }
}

export function growthLine({ of, figure, samples, before, after, isExceeded }: Growth): string {
  const { name, unit, bound } = FIGURES[figure]
  return (
    `${of}, ${name}: ${number(figure, before)} to ${number(figure, after)}${unit} in ${samples} ` +
    `samples, at most ${number(figure, bound)} more: ${isExceeded ? 'exceeded' : 'ok'}`
  )
}

/** As `12.3 MiB`. */
export function figureText(figure: Figure, value: number): string {
  return `${number(figure, value)}${FIGURES[figure].unit}`
}

/** @returns the lower one of two in the middle; NaN of none */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other)
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? NaN
}

function number(figure: Figure, value: number): string {
  const { size, digits } = FIGURES[figure]
  return (value / size).toFixed(digits)
}
