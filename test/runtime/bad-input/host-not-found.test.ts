import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { RIGHT } from '../support/bad-input-rig'
import { failsAndRecovers } from '../support/failing-service'
import { LATE_NAME, LATE_NAME_FILE } from '../support/late-name'

const FAILURE = { code: 'SLS_HOST_NOT_FOUND', statusText: 'host-not-found' }

failsAndRecovers([
  {
    ...FAILURE,
    title: 'a bootstrap whose name cannot be resolved yet',
    arrange: async (bad) => {
      const { port } = await bad.start()
      const file = join(bad.folder, 'the-name-exists')
      return {
        port,
        changes: {
          ...RIGHT,
          project: { bootstrap: `${LATE_NAME}:${port}` },
          tls: { servername: 'localhost' },
        },
        env: {
          NODE_OPTIONS: `--require ${JSON.stringify(require.resolve('../support/late-name'))}`,
          [LATE_NAME_FILE]: file,
        },
        mend: () => writeFile(file, ''),
      }
    },
  },
  {
    ...FAILURE,
    title: 'an endpoint whose name cannot be resolved',
    arrange: async (bad) => ({
      port: (await bad.start()).port,
      changes: { ...RIGHT, project: { endpoint: 'no-such-host.invalid', bootstrap: '' } },
    }),
  },
])
