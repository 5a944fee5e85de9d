import assert from 'node:assert/strict'
import { makeCertificate } from '../../../tools/emulator/certificate'
import { RunningConsumer } from '../../support/running-consumer'
import { ScriptedBroker, type BrokerScript } from '../../support/scripted-broker'
import { endedAfterEach } from '../../support/suite'

type Offers = NonNullable<BrokerScript['offers']>

/** Kafka 4 removed the versions of before Kafka 2.1; a later one may remove those of this client. */
const REMOVED: Offers = { Metadata: { least: 7, greatest: 13 } }
const TOO_OLD: Offers = { Metadata: { least: 0, greatest: 0 } }

describe('a broker that lacks a version of an API', () => {
  const resources = endedAfterEach()

  async function failureWith(offers: Offers): Promise<{ text: string; at: string }> {
    const certificate = await makeCertificate('localhost')
    const broker = await resources.started(ScriptedBroker.start({ certificate, offers }))
    const service = {
      port: broker.port,
      ca: certificate.ca,
      project: 'shop-prod',
      accessKeyId: 'id',
      accessKeySecret: 'secret',
    }
    const consumer = new RunningConsumer(service, { logstore: 'some', group: 'some' }).start()
    resources.onEnd(() => consumer.close())
    await consumer.until('a failure', () => consumer.failures.length > 0)
    const [failure] = consumer.failures
    assert.equal(failure?.code, 'SLS_SERVICE_ERROR')
    assert.deepEqual(broker.log, ['ApiVersions', 'SaslHandshake', 'SaslAuthenticate'])
    return { text: String(failure.params['detail']), at: `localhost:${broker.port}` }
  }

  it('is named in the error of the consumer, with the API and the versions of both sides', async () => {
    const { text, at } = await failureWith(REMOVED)
    const needed = 'Metadata is needed in one of the versions 1 to 6'
    assert.ok(text.includes(`${needed}; ${at} offers versions 7 to 13`), text)
  })

  it('is named so as well where it is older than what the client needs', async () => {
    const { text, at } = await failureWith(TOO_OLD)
    assert.ok(text.includes(`${at} offers versions 0 to 0`), text)
  })
})
