// Run before the tests: says in one line what is missing, and fetches the broker, which takes longer
// than any time-out of a test.
import { fetchApacheKafka, requireJava } from '../support/apache-kafka/artefacts'

async function prepare(): Promise<void> {
  await requireJava()
  await fetchApacheKafka()
}

prepare().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
})
