import assert from 'node:assert/strict'
import type { MemberOptions } from '../../lib/kafka/client-config'
import { KafkajsSource } from '../../lib/kafka/kafkajs-source'
import { SILENT_LOGGER } from '../../lib/logger'
import { CLIENT_NAMES, createLogSource } from '../support/log-source'
import { optionsFor } from '../support/consumer-options'
import { listenerWith } from '../support/source-listener'

const SERVICE = { port: 1, ca: '', project: 'shop', accessKeyId: 'id', accessKeySecret: 'secret' }
const SETTINGS = { logstore: 'web-log', group: 'g' }

describe('the source under test', () => {
  const before = process.env['TEST_CLIENT']
  const member = (): MemberOptions => ({
    consumer: optionsFor(SERVICE, SETTINGS),
    clientId: 'test',
    logger: SILENT_LOGGER,
  })

  afterEach(() => {
    if (before === undefined) delete process.env['TEST_CLIENT']
    else process.env['TEST_CLIENT'] = before
  })

  it('is that of the nodes if no client is named', () => {
    delete process.env['TEST_CLIENT']
    assert.ok(createLogSource(member(), listenerWith({})) instanceof KafkajsSource)
  })

  for (const name of CLIENT_NAMES) {
    it(`can be that of ${name}`, () => {
      process.env['TEST_CLIENT'] = name
      assert.ok(createLogSource(member(), listenerWith({})))
    })
  }

  it('is refused for a name that no client has', () => {
    process.env['TEST_CLIENT'] = 'toString'
    assert.throws(() => createLogSource(member(), listenerWith({})), /TEST_CLIENT is one of/)
  })
})
