import { setFailure } from './fetched-records'

/**
 * A fetch answer says for each shard by itself whether it failed. kafkajs throws the error of the first
 * one and with it the records of all others, again and again while that shard fails (no upstream issue;
 * seen in protocol/requests/fetch/v0/response.js, which all versions share). Here the error stays with
 * its shard; failing-shards.ts deals with it.
 */
interface FetchAnswer {
  readonly responses: readonly {
    readonly topicName: string
    readonly partitions: { partition: number; errorCode: number; messages: unknown[] }[]
  }[]
}

export const file = 'src/protocol/requests/fetch/v0/response.js'

export function rewrite(original: unknown, load: (file: string) => unknown): unknown {
  const { createErrorFromCode } = load('src/protocol/error.js') as {
    createErrorFromCode: (code: number) => Error
  }
  return {
    ...(original as object),
    parse: (answer: FetchAnswer): Promise<FetchAnswer> => {
      for (const partition of answer.responses.flatMap(({ partitions }) => partitions)) {
        if (partition.errorCode === 0) continue
        // What a failed shard may hold is not meant to be read.
        partition.messages = []
        setFailure(partition.messages, createErrorFromCode(partition.errorCode))
      }
      return Promise.resolve(answer)
    },
  }
}
