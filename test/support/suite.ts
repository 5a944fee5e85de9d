import type { Broker, Service, BrokerOptions } from '../../tools/shared/broker'
import { Resources } from '../../tools/shared/resources'

/**
 * Gives the tests of the `describe` that it is called in one broker of their own.
 *
 * @param use is handed the broker before the first test
 * @returns what one test starts, ended after each
 */
export function withBroker(
  service: Service,
  use: (broker: Broker) => void,
  options?: BrokerOptions,
): Resources {
  const ofAll = endedAfterAll()
  before(async () => {
    use(await ofAll.started(service.start(options)))
  })
  return endedAfterEach()
}

/** Keeps what a test of the `describe` starts, and ends it after that test. */
export function endedAfterEach(): Resources {
  const resources = new Resources()
  afterEach(() => resources.end())
  return resources
}

/** Keeps what the tests of the `describe` share, and ends it after the last one. */
export function endedAfterAll(): Resources {
  const resources = new Resources()
  after(() => resources.end())
  return resources
}
