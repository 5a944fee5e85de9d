import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import type { Broker, Service } from '../../tools/shared/broker'
import { flowWith } from '../../tools/shared/flow'
import {
  linesByPartition,
  ConsumerProcess,
  type Settings,
} from '../../tools/shared/consumer-process'
import {
  command,
  controlNodes,
  type Command,
  type ControlAnswer,
  type ControlNodes,
} from '../support/control-nodes'
import { withBroker } from '../support/suite'
import { createTopicWith, numberedLines, produceAll } from './lines'
import { nextMillisecond } from './start-from'

const RECORDS = 60
const PARTITIONS = 4
const TAB = 'flow-0'
/** The shortest that services take. */
const SESSION_MS = 6_000
const PAUSE_MS = 3 * SESSION_MS

export function steersWhatReads(service: Service): void {
  describe('steering', () => {
    let broker: Broker
    let consumer: ConsumerProcess
    let nodes: ControlNodes
    const ofOne = withBroker(service, (started) => {
      broker = started
    })

    async function read(settings: Settings): Promise<void> {
      consumer = await ConsumerProcess.start(ofOne, broker)
      const { records, reports } = consumer
      nodes = { tab: TAB, answers: reports }
      const flow = flowWith({
        tab: TAB,
        service: broker,
        consumer: { startFrom: 'earliest', ...settings },
        records,
        reports,
      })
      await consumer.nodeRed.deploy([...flow, ...controlNodes(nodes)])
      await consumer.reads(PARTITIONS)
    }

    async function told(wanted: Command): Promise<ControlAnswer> {
      const [answer, ...others] = await command(consumer.nodeRed, nodes, wanted)
      assert.deepEqual([answer?.ok, others], [true, []], JSON.stringify(answer))
      return answer ?? assert.fail('no answer')
    }

    /** Two rounds of lines, and a time between them. */
    async function written(topic: string): Promise<{ second: string[][]; between: number }> {
      const first = numberedLines('first', RECORDS, PARTITIONS)
      const second = numberedLines('second', RECORDS, PARTITIONS)
      await createTopicWith(broker, topic, first)
      const between = await nextMillisecond()
      await produceAll(broker, topic, second)
      return { second, between }
    }

    it('seeks to a time, and sends exactly the records from there again', async () => {
      const topic = 'sought-time'
      const { second, between } = await written(topic)
      await read({ logstore: topic, group: topic, commit: 'onSend' })
      await consumer.hasReceived(2 * RECORDS)

      const { shards = [] } = await told({ action: 'seek', timestamp: between })
      assert.deepEqual(
        shards.map(({ partition }) => partition),
        [0, 1, 2, 3],
      )
      assert.deepEqual(
        await broker.committed(topic, topic),
        shards.map(({ offset }) => offset),
        'committed at once',
      )
      await consumer.hasReceived(3 * RECORDS)
      await produceAll(broker, topic, numberedLines('last', PARTITIONS, PARTITIONS))
      await consumer.hasReceived(3 * RECORDS + PARTITIONS)
      await consumer.stop()
      const again = consumer.records.messages.slice(2 * RECORDS, 3 * RECORDS)
      assert.deepEqual(linesByPartition(again, PARTITIONS), second)
      assert.equal(consumer.records.messages.length, 3 * RECORDS + PARTITIONS)
    })

    it('seeks to a position that survives a crash, also of a paused node', async () => {
      const topic = 'sought-and-killed'
      const { second, between } = await written(topic)
      await read({ logstore: topic, group: topic, sessionTimeout: SESSION_MS })
      await consumer.hasReceived(2 * RECORDS)

      await told({ action: 'pause' })
      await told({ action: 'seek', timestamp: between })
      await consumer.nodeRed.kill()
      assert.equal(consumer.records.messages.length, 2 * RECORDS, 'nothing is sent while paused')
      await consumer.restart()
      await consumer.hasReceived(3 * RECORDS)
      await consumer.stop()
      const again = consumer.records.messages.slice(2 * RECORDS)
      assert.deepEqual(linesByPartition(again, PARTITIONS), second)
    })

    it(`pauses for ${PAUSE_MS / 1000} s, three times the session timeout, and stays a member`, async () => {
      const topic = 'paused'
      const missed = numberedLines('missed', RECORDS, PARTITIONS)
      await createTopicWith(broker, topic, numberedLines('before', RECORDS, PARTITIONS))
      await read({ logstore: topic, group: topic, sessionTimeout: SESSION_MS })
      await consumer.hasReceived(RECORDS)
      const members = await broker.members(topic)

      await told({ action: 'pause' })
      const isPaused = consumer.reports.waitFor(({ status }) => status?.['isPaused'] === true)
      await produceAll(broker, topic, missed)
      await delay(PAUSE_MS)
      const { text } = (await isPaused).status ?? {}
      assert.equal(text, 'sls-kafka-in.status.paused')
      assert.equal(consumer.records.messages.length, RECORDS)
      assert.deepEqual(await broker.members(topic), members)
      await told({ action: 'resume' })
      await consumer.hasReceived(2 * RECORDS)
      assert.deepEqual(await broker.members(topic), members)
      const joins = consumer.nodeRed.logs().filter((line) => line.includes('joined group'))
      assert.equal(joins.length, 1, joins.join('\n'))
      await consumer.stop()
      const after = consumer.records.messages.slice(RECORDS)
      assert.deepEqual(linesByPartition(after, PARTITIONS), missed)
    })

    it('stops, leaving the group, and starts again where it was', async () => {
      const topic = 'stopped'
      await createTopicWith(broker, topic, numberedLines('before', RECORDS, PARTITIONS))
      await read({ logstore: topic, group: topic })
      await consumer.hasReceived(RECORDS)
      await told({ action: 'stop' })
      assert.deepEqual(await broker.members(topic), [])
      const missed = numberedLines('missed', RECORDS, PARTITIONS)
      await produceAll(broker, topic, missed)
      await told({ action: 'start' })
      await consumer.hasReceived(2 * RECORDS)
      await consumer.stop()
      const life = ['starts to read', 'joined group', 'stopped']
      const lines = consumer.nodeRed.logs().filter((line) => line.includes('[sls-kafka-in:'))
      assert.equal(lines.length, 2 * life.length, lines.join('\n'))
      lines.forEach((line, index) => {
        assert.ok(line.includes(life[index % life.length] ?? ''), line)
        assert.match(line, /\[info\]/)
      })
      const after = consumer.records.messages.slice(RECORDS)
      assert.deepEqual(linesByPartition(after, PARTITIONS), missed)
    })

    it('answers what is impossible with a code', async () => {
      const topic = 'impossible'
      await createTopicWith(broker, topic, numberedLines('some', RECORDS, PARTITIONS))
      await read({ logstore: topic, group: topic })
      const refused = async (wanted: Command): Promise<string | undefined> => {
        const [answer] = await command(consumer.nodeRed, nodes, wanted)
        return answer?.error?.code
      }
      const beyond = '900719925474099300'
      assert.equal(await refused({ action: 'seek', offset: beyond }), 'SLS_OFFSET_OUT_OF_RANGE')
      assert.equal(await refused({ action: 'pause', partition: 9 }), 'SLS_SHARD_UNKNOWN')
      const zoneless = { action: 'seek', timestamp: '2026-11-22T10:00:00' }
      assert.equal(await refused(zoneless), 'SLS_CONTROL_INVALID')
      assert.equal(await refused({ action: 'skip' }), 'SLS_NOTHING_TO_SKIP')
      await told({ action: 'stop' })
      assert.equal(await refused({ action: 'seek', offset: 'earliest' }), 'SLS_NOT_RUNNING')
    })
  })
}
