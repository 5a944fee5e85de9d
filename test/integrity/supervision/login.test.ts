import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { figures } from '../support/figures'
import { inFull, itInFull } from '../support/full'
import { SupervisedRig } from '../support/supervised-rig'
import { endedAfterEach } from '../../support/suite'

const KEY = { accessKeyId: 'local-id', accessKeySecret: 'local-secret' }
const WRONG_MS = inFull(30_000, 10_000)
/** As the steps of the backoff have it. */
const LOGINS = inFull(5, 3)
const RECOVERED_WITHIN_MS = 60_000

describe('a consumer with a wrong AccessKey', function () {
  this.timeout(240_000)
  const resources = endedAfterEach()

  for (const [how, test] of [
    ['sasl', it],
    ['topic', itInFull],
  ] as const) {
    test(`shows red for ${WRONG_MS / 1000} s with few logins, and recovers, where ${how} refuses the key`, async () => {
      const flags = ['--auth-failure', how]
      const rig = await SupervisedRig.start(resources, {}, { ...KEY, flags }, (emulator) =>
        emulator.setAccessKey(KEY.accessKeyId, 'another'),
      )
      const { emulator, watch } = rig
      await delay(WRONG_MS)
      const { logins } = await emulator.state()
      const shown = watch.since(0)
      const right = Date.now()
      await emulator.setAccessKey(KEY.accessKeyId, KEY.accessKeySecret)
      await rig.reads(RECOVERED_WITHIN_MS)
      figures(`wrong key, ${how}`, { logins, shown, 'ms to records': Date.now() - right })
      assert.ok(logins.refused + logins.accepted <= LOGINS)
      assert.deepEqual(shown, ['yellow connecting', 'red access-key-refused SLS_AUTH_FAILED'])
      rig.assertReported(['SLS_AUTH_FAILED'])
      rig.assertOnceEach()
      await rig.assertEndsWell()
    })
  }
})
