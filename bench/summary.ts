import type { Pair, Row, Wanted } from './case'

/** One line of the result, as `--json` prints it. */
export interface Result {
  readonly name: string
  /** Medians over all rounds; of rates records a second, otherwise in the unit that the name tells. */
  readonly ours: number
  readonly reference: number | null
  /** Median of the ratios of the single rounds: both halves of a round meet the same machine. */
  readonly ratio: number | null
  readonly wanted: string
  /** Null where nothing is wanted. */
  readonly ok: boolean | null
}

export function nameOf({ title, unit }: Row): string {
  return `${title}, ${unit}`
}

export function summarise(row: Row, pairs: readonly Pair[]): Result {
  const { unit, wanted } = row
  const references = pairs.flatMap(({ reference }) => reference ?? [])
  const ratios = pairs.flatMap(({ ours, reference }) =>
    reference === null ? [] : ours / reference,
  )
  const ours = median(pairs.map((pair) => pair.ours))
  const ratio = ratios.length === 0 ? null : median(ratios)
  return {
    name: nameOf(row),
    ours: rounded(ours),
    reference: references.length === 0 ? null : rounded(median(references)),
    ratio: ratio === null ? null : rounded(ratio),
    wanted: wantedText(wanted, ratio === null ? unit : '×'),
    ok: wanted && isMet(wanted, ratio ?? ours),
  }
}

/** Of an even number the upper one of the two in the middle. */
export function median(values: readonly number[]): number {
  return percentile(values, 50)
}

/** The smallest value that is greater than so many percent of them. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((one, other) => one - other)
  const index = Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))
  return sorted[index] ?? NaN
}

function isMet({ least, most }: Wanted, value: number): boolean {
  return value >= (least ?? -Infinity) && value <= (most ?? Infinity)
}

function wantedText(wanted: Wanted | null, unit: string): string {
  if (!wanted) return 'reported'
  const { least, most } = wanted
  const bounds = [
    ...(least === undefined ? [] : [`≥ ${least}`]),
    ...(most === undefined ? [] : [`≤ ${most}`]),
  ]
  return `${bounds.join(', ')} ${unit}`
}

/** To three digits: more would be noise. */
function rounded(value: number): number {
  return Number(value.toPrecision(3))
}
