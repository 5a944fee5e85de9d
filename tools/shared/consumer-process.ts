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
 * An assignment takes at most 8 s: a heartbeat (5 s), and the wait of a new group for more members (3 s).
 * A stale member would delay it by the session timeout of 120 s.
 */
const ASSIGNMENT_TIMEOUT_MS = 30_000
/** Half the session timeout. Also enough for 100,000 records on a slow machine. */
const RECORDS_TIMEOUT_MS = 60_000

const STATUS_TIMEOUT_MS = 30_000
const LOG_LINES_IN_ERRORS = 15

/** A Node-RED process whose flows read logstores, and the messages that its nodes sent. */
export class ConsumerProcess {
  /** Messages that the `sls-kafka-in` nodes sent. */
  readonly records: Sink
  /** Messages that the Catch nodes and the Status nodes sent. */
  readonly reports: Sink
  readonly #resources: Resources
  readonly #broker: Broker
  readonly #userDir: string
  #nodeRed: NodeRed
  /** The number of reports at the last start or deploy. */
  #reportsBefore = 0

  /** Starts Node-RED without a flow. */
  static async start(resources: Resources, broker: Broker): Promise<ConsumerProcess> {
    const userDir = await mkdtemp(join(tmpdir(), 'node-red-'))
    resources.onEnd(() => rm(userDir, { recursive: true, force: true }))
    const records = await resources.started(startSink())
    const reports = await resources.started(startSink())
    const nodeRed = await resources.started(startNodeRed({ userDir }))
    return new ConsumerProcess({ resources, broker, userDir, nodeRed, records, reports })
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

  /** Deploys a tab for each of the nodes. Without a node, it removes all flows. */
  async deploy(...consumers: readonly Settings[]): Promise<void> {
    const { records, reports } = this
    this.#reportsBefore = reports.messages.length
    await this.#nodeRed.deploy(
      consumers.flatMap((consumer, index) =>
        flowWith({ tab: `flow-${index}`, service: this.#broker, consumer, records, reports }),
      ),
    )
  }

  /** Starts Node-RED again with the same user directory, after it was stopped or killed. */
  async restart(): Promise<void> {
    this.#reportsBefore = this.reports.messages.length
    this.#nodeRed = await this.#resources.started(startNodeRed({ userDir: this.#userDir }))
  }

  /** Resolves when a node consumes so many shards. */
  async reads(shards: number, node = 'flow-0-in'): Promise<void> {
    const isWanted = ({ status }: SinkMessage): boolean =>
      status?.source?.id === node && status['state'] === 'consuming' && status['shards'] === shards
    await this.#explained(
      this.reports.waitFor(isWanted, ASSIGNMENT_TIMEOUT_MS, this.#reportsBefore),
    )
  }

  /** Resolves when a node has shown this state since the last start or deploy. */
  async shows(state: string): Promise<void> {
    await this.#explained(
      this.reports.waitFor(
        ({ status }) => status?.['state'] === state,
        STATUS_TIMEOUT_MS,
        this.#reportsBefore,
      ),
    )
  }

  /** Resolves when so many records have arrived in all. */
  async hasReceived(count: number): Promise<void> {
    await this.#explained(this.records.waitFor(count, RECORDS_TIMEOUT_MS))
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
    await this.#explained(
      this.records.waitFor(({ payload }) => payload === line, RECORDS_TIMEOUT_MS),
    )
  }

  /** Ends Node-RED by SIGTERM. Resolves with the exit code; afterwards no message arrives. */
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
