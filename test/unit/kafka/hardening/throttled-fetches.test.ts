import assert from 'node:assert/strict'
import { throttleTimeOf } from '../../../../lib/kafka/hardening/fetched-records'
import * as throttledFetches from '../../../../lib/kafka/hardening/throttled-fetches'
import { kafkajsWith } from '../../../support/kafkajs-modules'

interface Answer {
  readonly responses: readonly { readonly partitions: readonly { messages: unknown[] }[] }[]
}

type Times = Readonly<{ throttleTime: number; clientSideThrottleTime?: number }>

const VERSIONS = [4, 7, 8, 10, 11]

/** What is known beside the records of each of two shards. */
async function timesBeside(
  modules: ReturnType<typeof kafkajsWith>,
  version: number,
  times: Times,
): Promise<number[]> {
  const { parse } = modules.load(`src/protocol/requests/fetch/v${version}/response.js`) as {
    parse: (answer: object) => Promise<Answer>
  }
  const partitions = [0, 1].map((partition) => ({ partition, errorCode: 0, messages: [] }))
  const parsed = await parse({ ...times, responses: [{ topicName: 't', partitions }] })
  return parsed.responses.flatMap((topic) =>
    topic.partitions.map(({ messages }) => throttleTimeOf(messages)),
  )
}

describe('kafka/hardening/throttled-fetches', () => {
  for (const version of VERSIONS) {
    const asked = version < 8 ? { throttleTime: 7 } : { throttleTime: 0, clientSideThrottleTime: 7 }

    it(`stock: leaves no trace of the rest that was asked for, Fetch v${version}`, async () => {
      assert.deepEqual(await timesBeside(kafkajsWith(), version, asked), [0, 0])
    })

    it(`fixed: keeps it beside the records, Fetch v${version}`, async () => {
      const modules = kafkajsWith(throttledFetches)
      assert.deepEqual(await timesBeside(modules, version, asked), [7, 7])
      const none = { throttleTime: 0, clientSideThrottleTime: 0 }
      assert.deepEqual(await timesBeside(modules, version, none), [0, 0])
    })
  }
})
