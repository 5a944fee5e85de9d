import assert from 'node:assert/strict'
import { compileConsumerOptions } from '../../../lib/config/consumer-options'
import { compileProjectOptions } from '../../../lib/config/project-options'
import { KafkaAdmin } from '../../../lib/kafka/admin'
import { SILENT_LOGGER } from '../../../lib/logger'
import { valid } from '../../../tools/shared/consumer-options'
import { startEmulator, type RunningEmulator } from '../../../tools/emulator/process'

const LOGSTORE = 'tf'

describe('a bootstrap address of IPv6', () => {
  let endpoint: RunningEmulator

  before(async () => {
    endpoint = await startEmulator({ logstores: { [LOGSTORE]: 2 }, flags: ['--host', '::1'] })
  })

  after(async () => {
    await endpoint.stop()
  })

  for (const host of ['[::1]', '::1']) {
    it(`is connected to as ${host}, with its certificate verified`, async () => {
      const { project, accessKeyId, accessKeySecret, ca, port } = endpoint
      const settings = { project, accessKeyId, accessKeySecret, bootstrap: `${host}:${port}` }
      const compiled = valid(compileProjectOptions(settings, { ca }, {}))
      const consumer = valid(compileConsumerOptions({ logstore: LOGSTORE, group: 'g' }, compiled))
      const admin = new KafkaAdmin({ consumer, clientId: 'test', logger: SILENT_LOGGER })
      try {
        assert.deepEqual(await admin.findLogstore(), [0, 1])
      } finally {
        await admin.close()
      }
    })
  }
})
