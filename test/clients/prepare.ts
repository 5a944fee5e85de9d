// Run before the tests: fetches the other clients and the broker, which takes longer than any
// timeout of a test, and says in one line each what has to be installed first.
import { fetchApacheKafka, requireJava } from '../../tools/shared/apache-kafka/artefacts'
import { DEFAULT_VERSION, releaseOf } from '../../tools/shared/apache-kafka/releases'
import { fetchKafkaPython } from '../../tools/shared/kafka-python/environment'
import { requireKcat } from '../../tools/shared/kcat'

const fetchBroker = (): Promise<string> => fetchApacheKafka(releaseOf(DEFAULT_VERSION))

const STEPS = [requireKcat, fetchKafkaPython, requireJava, fetchBroker]

async function prepare(): Promise<void> {
  for (const step of STEPS) {
    try {
      await step()
    } catch (error) {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
      process.exitCode = 1
    }
  }
}

void prepare()
