export type Labels = Readonly<Record<string, string | number>>

interface Sample {
  readonly labels: Labels
  readonly value: number
}

/** One metric of consumers or of writers. */
export interface Metric<Source> {
  readonly name: string
  readonly type: 'gauge' | 'counter'
  readonly help: string
  /** The samples of one consumer or writer, without the labels that all its samples have. */
  readonly samples: (source: Source) => readonly Sample[]
}
