import assert from 'node:assert/strict'
import { figures } from '../../integrity/support/figures'
import { portOf, startApacheKafka, type ApacheKafka } from '../../../tools/shared/apache-kafka'
import { commitsOf } from '../../../tools/shared/apache-kafka/commit-log'
import { OFFSETS_PARTITIONS } from '../../../tools/shared/apache-kafka/properties'
import type { RunningBroker } from '../../../tools/shared/apache-kafka/servers'
import type { GroupClient } from '../../../tools/shared/group-client'
import { startKcat } from '../../../tools/shared/kcat'
import { waitUntil } from '../../../tools/shared/polling'
import { resolveLocalhostNames } from '../../support/localhost-names'
import type { Resources } from '../../../tools/shared/resources'
import { RunningConsumer } from '../../support/running-consumer'
import { AckingFlow } from './acking-flow'
import { LogWriter, writtenAt } from './written-log'

const BROKERS = 3
const SHARDS = 6
const LOGSTORE = 'nginx-access'
const GROUP = 'node-red'
const OFFSETS_TOPIC = '__consumer_offsets'
/** Brokers that miss the heartbeats of one for 9 s move what it led; then clients find it again. */
const RECOVERY_MS = 90_000
const SETTLED_MS = 60_000
/** What this client may take beyond twice the time of kcat. */
const ALLOWANCE_MS = 5_000

/** Something that receives records: each shard, and the text of each record. */
type Received = readonly { readonly partition: number; readonly payload: unknown }[]

/**
 * Three brokers with hosts of their own. A consumer that commits onAck reads from them, kcat beside it in
 * another group with the same coordinator, and a writer appends to every shard.
 */
export class Rig {
  readonly kafka: ApacheKafka
  readonly #consumer: RunningConsumer
  readonly #kcat: GroupClient
  readonly #flow: AckingFlow
  readonly #writer: LogWriter
  /** When the last disturbance began, unix ms. */
  #disturbedMs = 0

  static async start(resources: Resources): Promise<Rig> {
    const kafka = await resources.started(startApacheKafka({ brokers: BROKERS }))
    const undo = resolveLocalhostNames()
    resources.onEnd(() => {
      undo()
      return Promise.resolve()
    })
    await kafka.createTopic(LOGSTORE, SHARDS)
    // When all copies have a record, all brokers know the topic.
    for (let shard = 0; shard < SHARDS; shard++) {
      await kafka.produce(LOGSTORE, shard, [`${Date.now()} shard ${shard}`])
    }
    const [first] = kafka.brokers
    const port = first ? portOf(first, 'NAMED') : 0
    const consumer = new RunningConsumer(
      { ...kafka, port, endpoint: 'localhost' },
      {
        logstore: LOGSTORE,
        group: GROUP,
        startFrom: 'earliest',
        format: 'text',
        commit: 'onAck',
        commitInterval: 1_000,
      },
    )
    const flow = new AckingFlow()
    consumer.onMessage = (message) => {
      flow.receive(message)
    }
    resources.onEnd(() => consumer.close())
    consumer.start()
    await consumer.untilJoined()
    const kcat = startKcat(kafka, { logstore: LOGSTORE, group: groupBeside(GROUP) })
    await resources.started(Promise.resolve(kcat))
    const writer = new LogWriter(kafka, LOGSTORE, SHARDS)
    resources.onEnd(() => writer.stop())
    const rig = new Rig({ kafka, consumer, kcat, flow, writer })
    writer.start()
    await rig.#readsAgain(Date.now())
    return rig
  }

  private constructor(parts: {
    kafka: ApacheKafka
    consumer: RunningConsumer
    kcat: GroupClient
    flow: AckingFlow
    writer: LogWriter
  }) {
    this.kafka = parts.kafka
    this.#consumer = parts.consumer
    this.#kcat = parts.kcat
    this.#flow = parts.flow
    this.#writer = parts.writer
  }

  /** The broker that coordinates both groups. */
  async coordinator(): Promise<RunningBroker> {
    const leaders = await this.kafka.leaders(OFFSETS_TOPIC)
    return this.#broker(leaders[offsetsPartition(GROUP)] ?? -1)
  }

  /** A broker that leads shards and coordinates neither group. */
  async leader(): Promise<RunningBroker> {
    const { nodeId } = await this.coordinator()
    const leaders = await this.kafka.leaders(LOGSTORE)
    return this.#broker(leaders.find((leader) => leader !== nodeId) ?? -1)
  }

  /**
   * Disturbs the brokers, waits until records of every shard that were written afterwards have come, and
   * judges the time that it took by that of kcat.
   */
  async disturb(what: string, disturbance: () => Promise<void>): Promise<void> {
    this.#disturbedMs = Date.now()
    await disturbance()
    const { ownMs, kcatMs } = await this.#readsAgain(Date.now())
    const repeated = this.#flow.repeated
    figures(what, { 'ms to new records of all shards': ownMs, 'kcat ms': kcatMs, repeated })
    assert.ok(ownMs <= 2 * kcatMs + ALLOWANCE_MS, `${what}: ${ownMs} ms, kcat ${kcatMs} ms`)
  }

  /** Resolves when every copy of every partition is up to date. */
  async untilInSync(): Promise<void> {
    await this.#until('all copies in sync', async () => {
      const copies = [
        ...(await this.kafka.inSyncReplicas(LOGSTORE)),
        ...(await this.kafka.inSyncReplicas(OFFSETS_TOPIC)),
      ]
      return copies.every(({ length }) => length === BROKERS)
    })
  }

  /** Nothing was lost, everything is committed, and no commit came before the acks that it stands for. */
  async account(): Promise<void> {
    await this.#writer.stop()
    const ends = await this.kafka.endOffsets(LOGSTORE)
    await this.#until('an ack of every record', () =>
      Promise.resolve(ends.every((end, shard) => this.#flow.missing(shard, end).length === 0)),
    ).catch((error: unknown) => {
      const missing = ends.map((end, shard) => this.#flow.missing(shard, end).slice(0, 5))
      throw new Error(`never acknowledged: ${JSON.stringify(missing)}`, { cause: error })
    })
    await this.#until('a commit of every record', async () => {
      const committed = await this.kafka.committed(GROUP, LOGSTORE)
      return committed.join() === ends.join()
    })
    const commits = await commitsOf(this.kafka, GROUP, LOGSTORE)
    const next = commits.find(({ time }) => time >= this.#disturbedMs)
    assert.ok(next, 'a commit after the disturbance')
    figures('commits', { 'ms to the next one': next.time - this.#disturbedMs })
    assert.deepEqual(this.#flow.tooSoon(commits), [], 'commits before the acks')
    const failures = this.#consumer.failures.map((failure) => String(failure))
    assert.deepEqual([failures, this.#consumer.contained], [[], []])
    this.#writer.start()
  }

  #broker(nodeId: number): RunningBroker {
    return (
      this.kafka.brokers.find((broker) => broker.nodeId === nodeId) ??
      assert.fail(`there is no broker ${nodeId}`)
    )
  }

  /** How long it takes until every shard has delivered a record that was written after a time, unix ms. */
  async #readsAgain(sinceMs: number): Promise<{ ownMs: number; kcatMs: number }> {
    const { messages } = this.#consumer
    const { deliveries } = this.#kcat
    const own = readsAllSince(messages, sinceMs)
    const kcats = readsAllSince(deliveries, sinceMs)
    const timed = async (waiting: Promise<void>): Promise<number> => {
      await waiting
      return Date.now() - sinceMs
    }
    const what = 'a new record of every shard'
    const [ownMs, kcatMs] = await Promise.all([
      timed(this.#consumer.until(what, own, RECOVERY_MS)),
      timed(this.#kcat.until(what, kcats, RECOVERY_MS)),
    ])
    return { ownMs, kcatMs }
  }

  async #until(what: string, condition: () => Promise<boolean>): Promise<void> {
    await waitUntil(condition, () => `waited for ${what}`, { timeoutMs: SETTLED_MS })
  }
}

/** A condition that looks at each record once. */
function readsAllSince(received: Received, sinceMs: number): () => boolean {
  const shards = new Set<number>()
  let seen = received.length
  return () => {
    for (; seen < received.length; seen++) {
      const { partition = -1, payload = '' } = received[seen] ?? {}
      if (writtenAt(payload) >= sinceMs) shards.add(partition)
    }
    return shards.size === SHARDS
  }
}

/** Which partition of the topic with the committed offsets is a group's: Java's hash of its name. */
function offsetsPartition(group: string): number {
  let hash = 0
  for (const unit of group) hash = (Math.imul(hash, 31) + unit.charCodeAt(0)) | 0
  return (hash & 0x7fffffff) % OFFSETS_PARTITIONS
}

/** The name of another group with the same coordinator. */
function groupBeside(group: string): string {
  for (let number = 0; ; number++) {
    const other = `kcat-${number}`
    if (offsetsPartition(other) === offsetsPartition(group)) return other
  }
}
