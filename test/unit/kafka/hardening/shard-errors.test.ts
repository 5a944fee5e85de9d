import assert from 'node:assert/strict'
import { failureOf } from '../../../../lib/kafka/hardening/fetched-records'
import * as shardErrors from '../../../../lib/kafka/hardening/shard-errors'
import { kafkajsWith } from '../../../support/kafkajs-modules'

interface Partition {
  partition: number
  errorCode: number
  messages: unknown[]
}

interface Answer {
  responses: { topicName: string; partitions: Partition[] }[]
}

const STORAGE_ERROR = 56
const VERSIONS = [4, 5, 7, 10, 11]

function answer(): Answer {
  const partitions = [
    { partition: 0, errorCode: 0, messages: ['a'] },
    { partition: 1, errorCode: STORAGE_ERROR, messages: ['not to be read'] },
    { partition: 2, errorCode: 0, messages: ['b'] },
  ]
  return { responses: [{ topicName: 't', partitions }] }
}

function parse(modules: ReturnType<typeof kafkajsWith>, version: number): Promise<Answer> {
  const file = `src/protocol/requests/fetch/v${version}/response.js`
  return (modules.load(file) as { parse: (answer: Answer) => Promise<Answer> }).parse(answer())
}

describe('kafka/hardening/shard-errors', () => {
  for (const version of VERSIONS) {
    it(`stock: throws a whole answer away for one shard, Fetch v${version}`, async () => {
      await assert.rejects(parse(kafkajsWith(), version), { type: 'KAFKA_STORAGE_ERROR' })
    })

    it(`fixed: keeps the others, Fetch v${version}`, async () => {
      const [topic] = (await parse(kafkajsWith(shardErrors), version)).responses
      const [first, failed, last] = topic?.partitions.map(({ messages }) => messages) ?? []
      assert.deepEqual([first, failed, last], [['a'], [], ['b']])
      assert.match(String(failureOf(failed ?? [])), /KAFKA_STORAGE_ERROR|disk/i)
      assert.equal(failureOf(first ?? []), undefined)
    })
  }
})
