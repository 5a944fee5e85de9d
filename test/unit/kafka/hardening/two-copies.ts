import { createRequire } from 'node:module'
import type * as KafkaJS from 'kafkajs'
import { privateKafkaJS } from '../../../../lib/kafka/hardening/private-kafkajs'

/**
 * A process in which another package uses kafkajs as well, required before ours or after it; prints what
 * became of either copy. What a process has required before decides what comes first, hence one for each
 * order: `node two-copies.js stock-first` or `ours-first`.
 */
/** As any other package of the process would. */
const requireShared = createRequire(__filename)

const SNAPPY = 2
const STORAGE_ERROR = 56

type ParseFetch = (answer: object) => Promise<object>

const [order] = process.argv.slice(2)
const copies =
  order === 'stock-first'
    ? { stock: requireStock(), ours: privateKafkaJS().kafkajs }
    : { ours: privateKafkaJS().kafkajs, stock: requireStock() }

void print()

function requireStock(): typeof KafkaJS {
  return requireShared('kafkajs') as typeof KafkaJS
}

async function print(): Promise<void> {
  const classes = [
    'src/network/connection.js',
    'src/network/requestQueue/index.js',
    'src/cluster/brokerPool.js',
    'src/cluster/index.js',
    'src/consumer/batch.js',
    'src/consumer/consumerGroup.js',
    'src/consumer/offsetManager/index.js',
  ].map((file) => (requireShared(`kafkajs/${file}`) as { name: string }).name)
  const stock = { classes, snappy: snappyOf(copies.stock), failingShard: await failingShard() }
  console.log(JSON.stringify({ stock, ours: { cluster: privateKafkaJS().Cluster.name } }))
}

function snappyOf({ CompressionCodecs }: typeof KafkaJS): string {
  const codecs: Record<number, () => object> = CompressionCodecs
  try {
    return codecs[SNAPPY]?.() ? 'is known' : 'is missing'
  } catch (error) {
    return (error as Error).name
  }
}

/** kafkajs requires each protocol version only when it is needed, after both copies were loaded. */
async function failingShard(): Promise<string> {
  const { parse } = requireShared('kafkajs/src/protocol/requests/fetch/v11/response.js') as {
    parse: ParseFetch
  }
  const partitions = [{ partition: 0, errorCode: STORAGE_ERROR, messages: [] }]
  return parse({ responses: [{ topicName: 't', partitions }] }).then(
    () => 'is kept',
    (error: unknown) => (error as { type: string }).type,
  )
}
