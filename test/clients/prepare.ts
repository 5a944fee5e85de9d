// Run before the tests: fetches the other clients and the broker, which takes longer than any
// time-out of a test, and says in one line each what has to be installed first.
import { fetchApacheKafka, requireJava } from '../support/apache-kafka/artefacts'
import { DEFAULT_VERSION, releaseOf } from '../support/apache-kafka/releases'
import { fetchKafkaPython } from '../support/kafka-python/environment'
import { requireKcat } from '../support/kcat'

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
