/**
 * Where the group's coordinator cannot be found, kafkajs either asks again for ever without a word, or
 * says no more than that it was not found, whatever the service has answered (tulios/kafkajs#1445,
 * #1630). Here the answer is the error.
 */
interface Broker {
  findGroupCoordinator(request: object): Promise<object>
}

interface Cluster {
  readonly brokerPool: {
    /** Swallows what the callback throws, and tries the next broker. */
    withBroker(callback: (found: { broker: Broker }) => Promise<object>): Promise<object | null>
  }
  findGroupCoordinatorMetadata(request: object): Promise<object>
}

export const file = 'src/cluster/index.js'
export const methods = ['findGroupCoordinatorMetadata']

export function rewrite(original: unknown): unknown {
  const Cluster = original as new (...args: unknown[]) => Cluster

  return class TellingCluster extends Cluster {
    override async findGroupCoordinatorMetadata(request: object): Promise<object> {
      let reason: unknown
      const found = await this.brokerPool.withBroker(async ({ broker }) =>
        broker.findGroupCoordinator(request).catch((error: unknown) => {
          reason = error
          throw error
        }),
      )
      // Not as it is: kafkajs would know some of them, and ask again.
      if (!found) throw new CoordinatorError(reason)
      return found
    }
  }
}

class CoordinatorError extends Error {
  constructor(cause: unknown) {
    super('the coordinator of the group was not found', { cause })
  }
}
