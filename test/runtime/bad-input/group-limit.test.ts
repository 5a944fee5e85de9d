import { LOGSTORE, RIGHT } from '../support/bad-input-rig'
import { failsAndRecovers } from '../support/failing-service'
import { deleteGroups, useGroups } from '../support/other-groups'

failsAndRecovers([
  {
    title: 'a sixteenth group',
    code: 'SLS_GROUP_LIMIT',
    statusText: 'group-limit',
    says: /at most 15 Kafka groups/,
    arrange: async (bad) => {
      const emulator = await bad.start()
      const others = Array.from({ length: 15 }, (_, index) => `other-${index}`)
      await useGroups(emulator, LOGSTORE, others)
      return {
        port: emulator.port,
        changes: { consumer: { ...RIGHT.consumer, startFrom: 'latest' } },
        mend: () => deleteGroups(emulator, others.slice(0, 2)),
      }
    },
  },
])
