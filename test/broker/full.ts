/** Tests on other generations of Apache Kafka, and long ones, run with `npm run test:kafka -- --full`. */
const IS_FULL = process.env['KAFKA_FULL'] === '1'

/** Shown as pending unless everything runs. */
export function describeInFull(title: string, body: () => void): void {
  if (IS_FULL) describe(title, body)
  else describe.skip(title, body)
}

/** Shown as pending unless everything runs. */
export function itInFull(title: string, body: Mocha.AsyncFunc): void {
  if (IS_FULL) it(title, body)
  else it.skip(title, body)
}
