// Run before the tests: says in one line what is missing, and fetches the brokers, which takes longer
// than any timeout of a test. Arguments: the versions, e.g. 3.9.
import { fetchApacheKafka, requireJava } from '../../tools/shared/apache-kafka/artefacts'
import { KAFKA_VERSIONS, releaseOf } from '../../tools/shared/apache-kafka/releases'
import { requireKcat } from '../../tools/shared/kcat'

async function prepare(given: readonly string[]): Promise<void> {
  await requireJava()
  await requireKcat()
  for (const version of KAFKA_VERSIONS) {
    if (given.includes(version)) await fetchApacheKafka(releaseOf(version))
  }
}

prepare(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
})
