import assert from 'node:assert/strict'
import type { ServiceAddress } from '../../../tools/shared/consumer-options'
import { flowWith, type FlowOptions } from '../../../tools/shared/flow'
import { startNodeRed, startSink } from '../../../tools/shared/node-red'
import type { NodeRed, NodeRedOptions, Sink, SinkMessage } from '../../../tools/shared/node-red'
import type { Resources } from '../../../tools/shared/resources'

/** What a flow differs in from one that fits the service. */
export type Changes = Pick<FlowOptions, 'consumer' | 'project' | 'tls'>

export interface ExpectedError {
  readonly code: string
  /** Of the catalogue, without the node's prefix. */
  readonly statusText: string
  readonly state: string
}

/** Longest time to the next try or the next heartbeat, twice. */
const WAIT_MS = 60_000

/** Seconds after the first try at which the next ones may come at the earliest. */
const TRIES_AT = [0, 2, 6, 14, 29, 59]

/** The tab with a Catch node, and the one without: a line in the log is due in either case. */
const TABS = ['caught', 'logged'] as const
type Tab = (typeof TABS)[number]

/** The same node on a tab with a Catch node and on one without, in one Node-RED, and what they say. */
export class FailingNode {
  readonly records: Sink
  readonly #nodeRed: NodeRed
  readonly #reports: Sink
  #deployedAt = 0
  #reportsBefore = 0

  static async start(
    resources: Resources,
    { env = {}, lang = 'en-US' }: Pick<NodeRedOptions, 'env' | 'lang'> = {},
  ): Promise<FailingNode> {
    const [records, reports] = [
      await resources.started(startSink()),
      await resources.started(startSink()),
    ]
    const nodeRed = await resources.started(
      startNodeRed({
        // The trace has a line for each try, and nothing secret either.
        logging: 'trace',
        lang,
        env: { SLS_ACCESS_KEY_ID: undefined, SLS_ACCESS_KEY_SECRET: undefined, ...env },
      }),
    )
    return new FailingNode(nodeRed, records, reports)
  }

  private constructor(nodeRed: NodeRed, records: Sink, reports: Sink) {
    this.#nodeRed = nodeRed
    this.#reports = reports
    this.records = records
  }

  async deploy(service: ServiceAddress, changes: Changes): Promise<void> {
    this.#deployedAt = performance.now()
    this.#reportsBefore = this.#reports.messages.length
    await this.#nodeRed.deploy(
      TABS.flatMap((tab) =>
        flowWith({
          ...changes,
          tab,
          service,
          consumer: { group: tab, startFrom: 'earliest', ...changes.consumer },
          records: this.records,
          reports: this.#reports,
          hasCatch: tab === 'caught',
        }),
      ),
    )
  }

  /** Ends what was deployed last. */
  async withdraw(): Promise<void> {
    await this.#nodeRed.deploy([])
  }

  /** The error as the Catch node got it. */
  async caught(code: string): Promise<SinkMessage> {
    return this.#report('caught', ({ error }) => error?.code === code)
  }

  async shows({ code, statusText, state }: ExpectedError): Promise<void> {
    const text = `sls-kafka-in.status.${statusText}`
    await this.#bothReport(
      ({ status }) => status?.text === text && status['code'] === code && status['state'] === state,
    )
  }

  /** Resolves when nothing is shown as wrong any more. */
  async recovers(): Promise<void> {
    this.#reportsBefore = this.#reports.messages.length
    await this.#bothReport(
      ({ status }) => status?.['state'] === 'consuming' && status['code'] === undefined,
    )
  }

  /** Resolves when each node has tried so many times to reach the service. */
  async hasTried(times: number): Promise<void> {
    await Promise.all(TABS.map((tab) => this.#untilTried(tab, times)))
  }

  /** The most tries that the two nodes may have made together since the last deploy. */
  get mostTries(): number {
    const seconds = (performance.now() - this.#deployedAt) / 1000
    return TABS.length * TRIES_AT.filter((at) => at <= seconds).length
  }

  /** Tries of both nodes that failed. */
  get failedTries(): number {
    return TABS.flatMap((tab) => this.#nodeRed.logs().filter(isFailedTryOf(tab))).length
  }

  get caughtErrors(): readonly SinkMessage[] {
    return this.#reports.messages.filter(({ error }) => error !== undefined)
  }

  /** What a user reads in the log of each node, whether or not its errors are caught. */
  get loggedLines(): readonly (readonly string[])[] {
    const lines = this.#nodeRed.logs().filter((line) => !/\[(trace|debug)\]/.test(line))
    return TABS.map((tab) => lines.filter((line) => line.includes(`[sls-kafka-in:${nodeOf(tab)}]`)))
  }

  assertTellsNothingOf(secret: string): void {
    const told = [...this.#nodeRed.logs(), ...this.#reports.messages.map((m) => JSON.stringify(m))]
    assert.deepEqual(
      told.filter((line) => line.includes(secret)),
      [],
    )
  }

  async stop(): Promise<number | null> {
    return this.#nodeRed.stop()
  }

  async #untilTried(tab: Tab, times: number): Promise<void> {
    const isTry = isFailedTryOf(tab)
    for (let lines = 0; this.#nodeRed.logs().filter(isTry).length < times;) {
      await this.#nodeRed.waitForLog(`[sls-kafka-in:${nodeOf(tab)}]`, WAIT_MS, lines)
      lines = this.#nodeRed.logs().length
    }
  }

  async #bothReport(isWanted: (message: SinkMessage) => boolean): Promise<void> {
    await Promise.all(TABS.map((tab) => this.#report(tab, isWanted)))
  }

  #report(tab: Tab, isWanted: (message: SinkMessage) => boolean): Promise<SinkMessage> {
    return this.#reports.waitFor(
      (message) => {
        const source = message.error?.source ?? message.status?.source
        return source?.id === nodeOf(tab) && isWanted(message)
      },
      WAIT_MS,
      this.#reportsBefore,
    )
  }
}

function nodeOf(tab: Tab): string {
  return `${tab}-in`
}

/** Whatever it fails at, the end of each try has one line among those for developers. */
function isFailedTryOf(tab: Tab): (line: string) => boolean {
  const mark = `[sls-kafka-in:${nodeOf(tab)}] the membership ended`
  return (line) => line.includes(mark)
}
