import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Broker } from './broker'
import { flowWith } from './flow'
import { startNodeRed, startSink } from './node-red'
import type { NodeRed, Sink, SinkMessage } from './node-red'
import type { Resources } from './resources'

/** Properties of an sls-kafka-in node. */
export type Settings = Readonly<Record<string, unknown>>

/**
 * Half a minute for what takes at most 8 s, a heartbeat (5 s) and the wait of a new group for more
 * members (3 s); far less than the session time-out of 120 s, which a ghost in the group would cost.
 */
const SHARDS_MS = 30_000
/** Half the session time-out. Also enough for 100,000 records on a slow machine. */
const RECORDS_MS = 60_000

const STATUS_MS = 30_000
const LOG_LINES_IN_ERRORS = 15

/** A Node-RED process with flows that read logstores, and what came out of them. */
export class Reader {
  /** What the sls-kafka-in nodes sent. */
  readonly records: Sink
  /** What the Catch and the Status nodes sent. */
  readonly reports: Sink
  readonly #resources: Resources
  readonly #broker: Broker
  readonly #userDir: string
  #nodeRed: NodeRed
  /** Reports before this one are from before the last start or deploy. */
  #reportsBefore = 0

  /** Starts Node-RED without a flow. */
  static async start(resources: Resources, broker: Broker): Promise<Reader> {
    const userDir = await mkdtemp(join(tmpdir(), 'node-red-'))
    resources.onEnd(() => rm(userDir, { recursive: true, force: true }))
    const records = await resources.started(startSink())
    const reports = await resources.started(startSink())
    const nodeRed = await resources.started(startNodeRed({ userDir }))
    return new Reader({ resources, broker, userDir, nodeRed, records, reports })
  }

  private constructor(parts: {
    resources: Resources
    broker: Broker
    userDir: string
    nodeRed: NodeRed
    records: Sink
    reports: Sink
  }) {
    this.#resources = parts.resources
    this.#broker = parts.broker
    this.#userDir = parts.userDir
    this.#nodeRed = parts.nodeRed
    this.records = parts.records
    this.reports = parts.reports
  }

  get nodeRed(): NodeRed {
    return this.#nodeRed
  }

  /** Deploys a tab for each of the nodes; without any, what was deployed ends. */
  async deploy(...consumers: readonly Settings[]): Promise<void> {
    const { records, reports } = this
    this.#reportsBefore = reports.messages.length
    await this.#nodeRed.deploy(
      consumers.flatMap((consumer, index) =>
        flowWith({ tab: `flow-${index}`, service: this.#broker, consumer, records, reports }),
      ),
    )
  }

  /** Starts Node-RED, which was stopped or killed, again with the same user directory. */
  async restart(): Promise<void> {
    this.#reportsBefore = this.reports.messages.length
    this.#nodeRed = await this.#resources.started(startNodeRed({ userDir: this.#userDir }))
  }

  /** Resolves when a node is a member of its group that reads so many shards. */
  async reads(shards: number, node = 'flow-0-in'): Promise<void> {
    const isWanted = ({ status }: SinkMessage): boolean =>
      status?.source?.id === node && status['state'] === 'consuming' && status['shards'] === shards
    await this.#explained(this.reports.waitFor(isWanted, SHARDS_MS, this.#reportsBefore))
  }

  /** Resolves when a status with this state comes; one from before the last deploy does not count. */
  async shows(state: string): Promise<void> {
    await this.#explained(
      this.reports.waitFor(
        ({ status }) => status?.['state'] === state,
        STATUS_MS,
        this.#reportsBefore,
      ),
    )
  }

  /** Resolves when so many records have arrived in all. */
  async hasReceived(count: number): Promise<void> {
    await this.#explained(this.records.waitFor(count, RECORDS_MS))
  }

  async #explained(wait: Promise<unknown>): Promise<void> {
    try {
      await wait
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause)
      const log = this.#nodeRed.logs().slice(-LOG_LINES_IN_ERRORS).join('\n  ')
      throw new Error(`${reason}\nlog of Node-RED:\n  ${log}`, { cause })
    }
  }

  /** Resolves when a record with this payload has arrived. */
  async hasLine(line: string): Promise<void> {
    await this.#explained(this.records.waitFor(({ payload }) => payload === line, RECORDS_MS))
  }

  /** Ends Node-RED in good order; nothing arrives any more. Resolves with the exit code. */
  stop(): Promise<number | null> {
    return this.#nodeRed.stop()
  }
}

/** The payloads of records by partition, in the order of arrival. */
export function linesByPartition(records: readonly SinkMessage[], partitions: number): string[][] {
  const lines = Array.from({ length: partitions }, (): string[] => [])
  for (const { partition = -1, payload } of records) lines[partition]?.push(String(payload))
  return lines
}
