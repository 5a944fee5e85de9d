import { median } from '../shared/statistics'

const MIB = 1_048_576

/** A figure that is sampled for a process, or for the group as a whole. */
export type Figure = 'resident' | 'heap' | 'sockets' | 'timers' | 'listeners' | 'delay'

interface FigureInfo {
  readonly name: string
  readonly unit: string
  /** The number of bytes, milliseconds or pieces in one unit of the texts. */
  readonly size: number
  readonly digits: number
  /** The highest allowed increase from the second quarter of the samples to the last one. */
  readonly bound: number
}

/**
 * The bounds exceed the variation of a run without a leak. In a run of an hour, a leak of 500 bytes for
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
const LEAST_SAMPLES = 8

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
  /** The number of samples after the time to settle. */
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

/** The growth of all figures, and breaches: too much growth, or too few samples. */
export interface GrowthJudgement {
  readonly growths: readonly Growth[]
  readonly breaches: readonly string[]
}

/**
 * Judges each figure of each process with enough samples.
 *
 * @param expected names of the processes that ran from start to end, and so must have enough samples
 */
export function judgeGrowth(
  series: readonly Series[],
  settleMs: number,
  expected: readonly string[],
): GrowthJudgement {
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

/** A figure as `12.3 MiB`. */
export function figureText(figure: Figure, value: number): string {
  return `${number(figure, value)}${FIGURES[figure].unit}`
}

function number(figure: Figure, value: number): string {
  const { size, digits } = FIGURES[figure]
  return (value / size).toFixed(digits)
}
