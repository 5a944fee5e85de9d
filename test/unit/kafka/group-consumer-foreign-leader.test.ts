import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import type { Emulator } from '../../../tools/emulator/emulator'
import { Writer } from '../../../tools/emulator/protocol/writer'
import { RunningConsumer } from '../../support/running-consumer'
import { startEndpoint, textLogs } from '../emulator/support/endpoint'
import { RawClient } from '../emulator/support/raw-client'
import { endedAfterEach } from '../../support/suite'

const LOGSTORE = 'access-log'
const GROUP = 'shared'
const JOIN_GROUP = 11
const SYNC_GROUP = 14
/** Milliseconds: the leader sends no heartbeats, and a follower notices with its own, every 5 s. */
const SESSION = 60_000

describe('a group consumer in a group that a client of another kind leads', function () {
  this.timeout(60_000)
  const resources = endedAfterEach()
  let endpoint: Emulator
  let leader: Leader

  beforeEach(async () => {
    endpoint = await startEndpoint(['--logstore', `${LOGSTORE}:2`])
    resources.onEnd(() => endpoint.stop())
    leader = await Leader.start(endpoint)
    resources.onEnd(() => {
      leader.close()
      return Promise.resolve()
    })
  })

  function consume(): RunningConsumer {
    const { listener, certificate, access } = endpoint
    const consumer = new RunningConsumer(
      {
        port: listener.port,
        ca: certificate.ca,
        project: access.projectName,
        accessKeyId: access.accessKey.id,
        accessKeySecret: access.accessKey.secret,
      },
      { logstore: LOGSTORE, group: GROUP, startFrom: 'earliest', format: 'text' },
    ).start()
    resources.onEnd(() => consumer.close())
    return consumer
  }

  it('refuses shards that the logstore does not have, 200,000 of them, and reads when it gets others', async () => {
    endpoint.project.logstore(LOGSTORE)?.shard(1).append(textLogs('a'), Date.now())
    const consumer = consume()
    await leader.assignToOther(Array.from({ length: 200_000 }, (_, shard) => shard))
    await consumer.until('the error', () => consumer.failures.length > 0)
    const [failure] = consumer.failures
    assert.equal(failure?.code, 'SLS_GROUP_CONFLICT')
    assert.match(String(failure.params['detail']), /access-log does not have: 199998, .* is 2$/)
    assert.deepEqual([consumer.assignments, consumer.contained], [[], []])

    await leader.assignToOther([1])
    await consumer.untilMessages(1)
    assert.deepEqual([consumer.assignments, consumer.payloads], [[[1]], ['a']])
  })

  it('takes shards of a split that it has not heard of', async () => {
    const consumer = consume()
    await leader.assignToOther([0])
    await consumer.untilJoined()
    const children = endpoint.project.logstore(LOGSTORE)?.split(0) ?? assert.fail()
    children[1].append(textLogs('b'), Date.now())
    const ids = children.map(({ id }) => id)
    await leader.assignToOther([0, ...ids])
    await consumer.untilMessages(1)
    assert.deepEqual([consumer.assignments.at(-1), consumer.payloads], [[0, ...ids], ['b']])
    assert.deepEqual(consumer.failures, [])
  })
})

/** A member that leads the group, and gives another one whatever shards it likes. */
class Leader {
  readonly #endpoint: Emulator
  readonly #client: RawClient
  #memberId = ''

  static async start(endpoint: Emulator): Promise<Leader> {
    const leader = new Leader(endpoint, await (await RawClient.connect(endpoint)).login(endpoint))
    await leader.#join()
    return leader
  }

  private constructor(endpoint: Emulator, client: RawClient) {
    this.#endpoint = endpoint
    this.#client = client
  }

  close(): void {
    this.#client.close()
  }

  /** As soon as there is another member. */
  async assignToOther(shards: readonly number[]): Promise<void> {
    while (this.#endpoint.groups.find(GROUP)?.memberList.length !== 2) await delay(5)
    const { generation, members } = await this.#join()
    const other = members.find((id) => id !== this.#memberId)
    // It may just have left.
    if (other === undefined) return this.assignToOther(shards)
    const assignment = new Writer().int16(0).int32(1).string(LOGSTORE)
    assignment.array(shards, (shard) => assignment.int32(shard)).int32(0)
    await this.#client.request(SYNC_GROUP, 1, (writer) => {
      writer.string(GROUP).int32(generation).string(this.#memberId)
      writer.int32(1).string(other).bytes(assignment.toBuffer())
    })
    return undefined
  }

  async #join(): Promise<{ generation: number; members: string[] }> {
    const metadata = new Writer().int16(0).int32(1).string(LOGSTORE).int32(0).toBuffer()
    const answer = await this.#client.request(JOIN_GROUP, 2, (writer) => {
      writer.string(GROUP).int32(SESSION).int32(SESSION).string(this.#memberId).string('consumer')
      writer.int32(1).string('range').bytes(metadata)
    })
    answer.int32()
    assert.equal(answer.int16(), 0, 'error of the join')
    const generation = answer.int32()
    answer.string()
    answer.string()
    this.#memberId = answer.string()
    const members = answer.array(() => {
      const id = answer.string()
      answer.bytes()
      return id
    })
    return { generation, members }
  }
}
