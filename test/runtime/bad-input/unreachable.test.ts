import { freePorts } from '../../support/apache-kafka/ports'
import { RIGHT } from '../support/bad-input'
import { failsAndRecovers } from '../support/failing-service'
import { startSilentServer } from '../support/silent-server'

const FAILURE = { code: 'SLS_UNREACHABLE', statusText: 'unreachable' }

failsAndRecovers([
  {
    ...FAILURE,
    title: 'a port on which nobody listens',
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
      const server = await bad.resources.started(startSilentServer())
      const { port } = server
      return {
        port,
        changes: {
          ...RIGHT,
          project: { endpoint: 'cn-hangzhou-intranet.log.aliyuncs.com' },
          tls: { servername: 'localhost' },
        },
        mend: () => server.stop().then(() => bad.start({ port })),
      }
    },
  },
])
