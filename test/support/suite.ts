import type { Broker, Service, BrokerOptions } from './broker'
import { Resources } from './resources'

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
  const ofAll = new Resources()
  const ofOne = new Resources()
  before(async () => {
    use(await ofAll.started(service.start(options)))
  })
  afterEach(() => ofOne.end())
  after(() => ofAll.end())
  return ofOne
}
