import { LOGSTORE, RIGHT } from '../support/bad-input'
import { failsAndRecovers } from '../support/failing-service'
import { deleteGroups, useGroups } from '../support/other-groups'

failsAndRecovers([
  {
    title: 'a sixteenth group',
    code: 'SLS_GROUP_LIMIT',
    statusText: 'group-limit',
    says: /15 groups/,
    arrange: async (bad) => {
      const endpoint = await bad.start()
      const others = Array.from({ length: 15 }, (_, index) => `other-${index}`)
      await useGroups(endpoint, LOGSTORE, others)
      return {
        port: endpoint.port,
        changes: { consumer: { ...RIGHT.consumer, startFrom: 'latest' } },
        mend: () => deleteGroups(endpoint, others.slice(0, 2)),
      }
    },
  },
])
