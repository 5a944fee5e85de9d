import type { BrokenBound } from './judge'

/** How one case went. */
export interface CaseResult {
  readonly name: string
  readonly broken: readonly BrokenBound[]
  /** Why the case could not be run; null if it ran. */
  readonly error: string | null
}

/**
 * The end of a run: a table of the cases that failed with the bounds they broke, then the counts in the
 * form of mocha, which `.ci/run` reads.
 */
export function summaryOf(results: readonly CaseResult[]): string[] {
  const failing = results.filter((result) => !isPassing(result))
  const width = failing.reduce((most, { name }) => Math.max(most, name.length), 0)
  const rows = failing.flatMap(({ name, broken, error }) => {
    const texts = [...broken.map(({ bound, text }) => `${bound}: ${text}`)]
    if (error !== null) texts.push(`not run: ${error}`)
    return texts.map((text, index) => `  ${(index === 0 ? name : '').padEnd(width)}  ${text}`)
  })
  return [
    ...(rows.length > 0 ? ['', 'Bounds broken', ...rows] : []),
    '',
    `  ${results.length - failing.length} passing`,
    ...(failing.length > 0 ? [`  ${failing.length} failing`] : []),
  ]
}

export function isPassing({ broken, error }: CaseResult): boolean {
  return broken.length === 0 && error === null
}
