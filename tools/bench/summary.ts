import { median } from '../shared/statistics'
import type { Pair, Row, Wanted } from './case'

/** One line of the result, as `--json` prints it. */
export interface Result {
  readonly name: string
  /** The median of all rounds, in records per second or in the unit of the name. */
  readonly ours: number
  readonly reference: number | null
  /** The median of the ratios of each round, because both halves of a round run under the same load. */
  readonly ratio: number | null
  readonly wanted: string
  /** Null if the row has no bounds. */
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

/** Rounds to three digits: more digits would be noise. */
function rounded(value: number): number {
  return Number(value.toPrecision(3))
}
