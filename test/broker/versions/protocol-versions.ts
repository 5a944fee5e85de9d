import assert from 'node:assert/strict'
import { systemClock } from '../../../lib/clock'
import { Connection } from '../../../lib/kafka/connection/connection'
import { APIS, negotiate, type Api } from '../../../lib/kafka/protocol'
import type { Broker, Service } from '../../../tools/shared/broker'
import { optionsFor } from '../../../tools/shared/consumer-options'
import { withBroker } from '../../support/suite'

/** The version of each API that a connection to the service agrees on. */
export function speaksTheseVersions(
  service: Service,
  expected: Readonly<Record<Api, number>>,
): void {
  describe('the protocol', () => {
    let broker: Broker
    withBroker(service, (started) => {
      broker = started
    })

    it('has a version of every API that both sides speak', async () => {
      const { project } = optionsFor(broker, { logstore: 'any', group: 'any' })
      const address = { host: 'localhost', port: broker.port }
      const options = { address, project, clientId: 'test', clock: systemClock }
      const connection = await Connection.open(options, AbortSignal.timeout(10_000))
      try {
        const agreed = Object.keys(APIS).map((api) => [
          api,
          negotiate(api as Api, connection.versions, 'the broker'),
        ])
        assert.deepEqual(Object.fromEntries(agreed), expected)
      } finally {
        connection.close()
      }
    })
  })
}
