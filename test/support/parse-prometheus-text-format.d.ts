/** The package has no types. */
declare module 'parse-prometheus-text-format' {
  export interface ParsedMetric {
    readonly name: string
    readonly help: string
    readonly type: string
    readonly metrics: readonly {
      readonly value: string
      readonly labels?: Readonly<Record<string, string>>
    }[]
  }

  /** Throws at a line that is not in the format. */
  export default function parse(text: string): ParsedMetric[]
}
