import { ACCESS_KEY } from '../support/bad-input-rig'
import { failsAndRecovers, loginsOf, type FailingService } from '../support/failing-service'

failsAndRecovers(
  (['sasl', 'topic'] as const).map((refusal): FailingService => ({
    title: `a wrong AccessKey, refused ${refusal === 'sasl' ? 'at the login' : 'for the logstore'}`,
    code: 'SLS_AUTH_FAILED',
    statusText: 'access-key-refused',
    arrange: async (bad) => {
      const flags = ['--auth-failure', refusal]
      const emulator = await bad.start({ accessKeySecret: 'another-secret', flags })
      return {
        port: emulator.port,
        mend: () => emulator.setAccessKey(ACCESS_KEY.accessKeyId, ACCESS_KEY.accessKeySecret),
        logins: () => loginsOf(emulator),
      }
    },
  })),
)
