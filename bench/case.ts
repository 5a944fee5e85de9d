import type { Resources } from '../test/support/resources'
import type { Bench } from './measure/bench'

/** What is wanted of a row: of the ratio if there is a reference, else of `ours`. */
export interface Wanted {
  readonly least?: number
  readonly most?: number
}

/** One line of the table. */
export interface Row {
  readonly title: string
  /** Of `ours` and of the reference. */
  readonly unit: string
  /** Null: only told. */
  readonly wanted: Wanted | null
}

/** What one round has measured for a row; a reference of null is none. */
export interface Pair {
  readonly ours: number
  readonly reference: number | null
}

/** Measures a round: a pair for each row of its case, in that order. */
export type Round = (number: number) => Promise<readonly Pair[]>

export interface Case {
  /** For `--case`. */
  readonly name: string
  readonly rows: readonly Row[]
  readonly rounds: number
  /** `quick`: also measured with `--quick`; `peers`: only with `--peers`. */
  readonly kind: 'quick' | 'usual' | 'peers'
  /** @param resources what it starts for itself; ended after it */
  readonly start: (bench: Bench, resources: Resources) => Promise<Round>
}
