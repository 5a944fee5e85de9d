import { freePorts } from '../../../tools/shared/apache-kafka/ports'
import { RIGHT } from '../support/bad-input-rig'
import { failsAndRecovers } from '../support/failing-service'
import { startSilentServer } from '../support/silent-server'
import { LOCAL_PORT, PROJECT, REGION } from '../../support/alibaba-hosts'

const INTRANET = `${REGION}-intranet.log.aliyuncs.com`
const FAILURE = { code: 'SLS_UNREACHABLE', statusText: 'unreachable' }

failsAndRecovers([
  {
    ...FAILURE,
    title: 'a port on which nothing listens',
    arrange: async (bad) => {
      const [port = 0] = await freePorts(1)
      return { port, mend: () => bad.start({ port }) }
    },
  },
  {
    ...FAILURE,
    title: 'an intranet address from outside, where nothing answers',
    says: /intranet address works only inside Alibaba Cloud/,
    tries: 1,
    arrange: async (bad) => {
      const { port } = await bad.resources.started(startSilentServer())
      return {
        port: (await bad.start()).port,
        changes: { ...RIGHT, project: { project: PROJECT, endpoint: INTRANET, bootstrap: '' } },
        env: {
          NODE_OPTIONS: `--require ${JSON.stringify(require.resolve('../../support/alibaba-hosts'))}`,
          [LOCAL_PORT]: String(port),
        },
      }
    },
  },
])
