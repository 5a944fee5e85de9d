import { setThrottleTime } from './fetched-records'

/**
 * A service that is asked for more than its quota allows says in its answer for how long it wants to
 * rest. kafkajs waits that long and tells nobody (no upstream issue; seen in network/requestQueue), so
 * that a reader that is held back looks like one that is slow. Here the time is kept beside the records.
 */
interface FetchAnswer {
  /** Milliseconds that the service has waited before it answered, up to Fetch v7. */
  readonly throttleTime: number
  /** Milliseconds that are left to the client, from Fetch v8 on. */
  readonly clientSideThrottleTime?: number
  readonly responses: readonly { readonly partitions: readonly { messages: unknown[] }[] }[]
}

interface Protocol {
  parse(answer: FetchAnswer): Promise<FetchAnswer>
}

/** All versions share its `parse`. */
export const file = 'src/protocol/requests/fetch/v0/response.js'

export function rewrite(original: unknown): Protocol {
  const protocol = original as Protocol
  return {
    ...protocol,
    parse: async (answer) => {
      const parsed = await protocol.parse(answer)
      const time = answer.clientSideThrottleTime ?? answer.throttleTime
      if (time > 0) {
        for (const { messages } of parsed.responses.flatMap(({ partitions }) => partitions)) {
          setThrottleTime(messages, time)
        }
      }
      return parsed
    },
  }
}
