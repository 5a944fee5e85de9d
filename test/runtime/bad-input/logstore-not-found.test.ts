import { LOGSTORE, SHARDS } from '../support/bad-input-rig'
import { failsAndRecovers, loginsOf } from '../support/failing-service'

const FAILURE = { code: 'SLS_LOGSTORE_NOT_FOUND', statusText: 'logstore-not-found' }

failsAndRecovers([
  {
    ...FAILURE,
    title: 'a logstore that does not exist',
    arrange: async (bad) => {
      const emulator = await bad.start({ logstores: { 'another-log': 1 } })
      return {
        port: emulator.port,
        mend: () => emulator.createLogstore(LOGSTORE, SHARDS),
        logins: () => loginsOf(emulator),
      }
    },
  },
  {
    ...FAILURE,
    // The endpoint of another region knows nothing of the project's logstores.
    title: 'the endpoint of another region',
    says: /spelling and the region/,
    arrange: async (bad) => {
      const elsewhere = await bad.start({ logstores: { 'log-of-another-region': 1 } })
      const { port } = elsewhere
      return {
        port,
        mend: () => elsewhere.stop().then(() => bad.start({ port })),
        logins: () => loginsOf(elsewhere),
      }
    },
  },
])
