import type { Resources } from '../shared/resources'
import type { Bench } from './measure/bench'

/** The bounds of a row: for the ratio if there is a reference, otherwise for `ours`. */
export interface Wanted {
  readonly least?: number
  readonly most?: number
}

/** One line of the table. */
export interface Row {
  readonly title: string
  /** The unit of `ours` and of the reference. */
  readonly unit: string
  /** Null if the figure is only reported. */
  readonly wanted: Wanted | null
}

/** The figures that one round has measured for a row; null if the row has no reference. */
export interface Pair {
  readonly ours: number
  readonly reference: number | null
}

/** Measures a round: a pair for each row of its case, in that order. */
type Round = (number: number) => Promise<readonly Pair[]>

export interface Case {
  /** The name for `--case`. */
  readonly name: string
  readonly rows: readonly Row[]
  readonly rounds: number
  /** `quick`: also measured with `--quick`; `peers`: only with `--peers`. */
  readonly kind: 'quick' | 'usual' | 'peers'
  /** @param resources ends what the case starts, after the case */
  readonly start: (bench: Bench, resources: Resources) => Promise<Round>
}
