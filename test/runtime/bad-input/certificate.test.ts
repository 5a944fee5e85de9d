import { join } from 'node:path'
import { RIGHT } from '../support/bad-input-rig'
import { failsAndRecovers } from '../support/failing-service'

const FAILURE = { code: 'SLS_TLS_FAILED', statusText: 'certificate' }

failsAndRecovers([
  {
    ...FAILURE,
    title: 'a certificate without the CA that signed it',
    arrange: async (bad) => ({
      port: (await bad.start()).port,
      changes: { ...RIGHT, tls: { credentials: { cadata: '' } } },
    }),
  },
  {
    ...FAILURE,
    title: 'a certificate that was issued for another name',
    says: /issued for localhost, .*, expected sls\.example\)/,
    arrange: async (bad) => ({
      port: (await bad.start()).port,
      changes: { ...RIGHT, project: { serverName: 'sls.example' } },
    }),
  },
  {
    ...FAILURE,
    title: 'a certificate that another CA has signed',
    arrange: async (bad) => {
      const stranger = await bad.start({ certificates: join(bad.folder, 'of-a-stranger') })
      const { port } = stranger
      return {
        port,
        mend: async () => {
          await stranger.stop()
          await bad.start({ port })
        },
      }
    },
  },
])
