/** Shows what a test has measured, in one line; parallel tests are told apart by their names. */
export function figures(name: string, values: Readonly<Record<string, unknown>>): void {
  const texts = Object.entries(values).map(([what, value]) => `${what} ${textOf(value)}`)
  process.stdout.write(`    ${name}: ${texts.join(' · ')}\n`)
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** As `12.3 MB`. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}
