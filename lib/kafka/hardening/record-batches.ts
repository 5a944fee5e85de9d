import { readFetchResponse, type FetchedShardSet } from '../fetch-response'
import { setFindings } from './fetched-records'

/**
 * kafkajs appends the records of a batch as arguments of one call, which ends in a RangeError beyond
 * some 100,000 records (pull request tulios/kafkajs#1723); one batch that cannot be decoded takes the
 * answers for all other shards with it, again and again; a compression that it does not know counts as
 * none; where a batch without records ends is lost (#594, #1072); and nothing bounds the memory or the
 * time that a response takes. Here our own reader reads the response, and what it found is kept beside
 * the records.
 */
interface FetchRequest {
  readonly maxBytes: number
  readonly topics: readonly {
    readonly topic: string
    readonly partitions: readonly { readonly partition: number; readonly fetchOffset: string }[]
  }[]
}

interface Exchange {
  readonly response: object
}

interface FetchApi {
  readonly protocol: (options: {
    version: number
  }) => ((request: FetchRequest) => Exchange) | undefined
}

/** From this version on the rest that a service asks for is left to the client (KIP-219). */
const CLIENT_RESTS_FROM = 8

export const file = 'src/protocol/requests/fetch/index.js'

export function rewrite(original: unknown): FetchApi {
  const api = original as FetchApi
  return {
    ...api,
    protocol: ({ version }) => {
      const exchangeOf = api.protocol({ version })
      return (
        exchangeOf &&
        ((request) => {
          const exchange = exchangeOf(request)
          const decode = (bytes: Buffer): Promise<object> => decodeResponse(bytes, version, request)
          return { ...exchange, response: { ...exchange.response, decode } }
        })
      )
    },
  }
}

/** What kafkajs makes of a response. */
async function decodeResponse(
  bytes: Buffer,
  version: number,
  { topics, maxBytes }: FetchRequest,
): Promise<object> {
  const offsets = new Map(
    topics.flatMap(({ topic, partitions }) =>
      partitions.map(({ partition, fetchOffset }) => [
        `${topic}/${partition}`,
        BigInt(fetchOffset),
      ]),
    ),
  )
  const askedFor = (logstore: string, shard: number): bigint | undefined =>
    offsets.get(`${logstore}/${shard}`)
  const response = await readFetchResponse(bytes, version, askedFor, maxBytes)
  const { throttleMs, errorCode, sessionId, shards } = response
  const logstores = [...new Set(shards.map(({ logstore }) => logstore))]
  return {
    ...(version < CLIENT_RESTS_FROM
      ? { throttleTime: throttleMs }
      : { throttleTime: 0, clientSideThrottleTime: throttleMs }),
    errorCode,
    sessionId,
    responses: logstores.map((topicName) => ({
      topicName,
      partitions: shards.filter(({ logstore }) => logstore === topicName).map(partitionOf),
    })),
  }
}

function partitionOf(set: FetchedShardSet): object {
  const { records, shard, errorCode, highWatermark, preferredReplica, ...findings } = set
  setFindings(records, findings)
  return {
    partition: shard,
    errorCode,
    highWatermark: String(highWatermark),
    abortedTransactions: [],
    preferredReadReplica: preferredReplica,
    messages: records,
  }
}
