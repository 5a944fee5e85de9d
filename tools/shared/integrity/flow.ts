import type { ServiceAddress } from '../consumer-options'
import { flowWith } from '../flow'
import type { FlowNode, Sink, SinkMessage } from '../node-red'
import type { Settings } from '../consumer-process'
import { finishedRecords, recordsIn, usualToken, type RecordKey, type TokensOf } from './acked'

/** Ids to build the nodes of a flow with, so that one Node-RED can hold several flows. */
export interface Ids {
  /** The id of the tab. */
  readonly tab: string
  /** Properties that each node on the tab needs. */
  readonly onTab: { readonly z: string; readonly x: number; readonly y: number }
  /** An id for a node of this flow. */
  readonly id: (name: string) => string
  /** The id that the first node of the work has to have: gets what the `sls-kafka-in` sends. */
  readonly first: string
  /** The id that a node has to have to get what the second output sends. */
  readonly second: string
  /** Wire messages to these ids to ack, nack or reject them. */
  readonly ack: string
  readonly nack: string
  readonly reject: string
  /**
   * A further ack node with a sink in front of it: wire to `id(name)`. What passes with the action
   * `ack` counts as finished like what is wired to `ack`.
   */
  readonly lane: (name: string, settings: Settings, wires?: readonly string[]) => FlowNode[]
  /** A further sink, `id(name)`, which `through(name)` of the tested flow reads. */
  readonly sink: (name: string, wires?: readonly string[]) => FlowNode
}

export interface FlowSetup {
  readonly logstore: string
  /** Default: the name of the logstore. */
  readonly group?: string
  /** The number of shards of the logstore; `reads` waits for all of them by default. */
  readonly shards: number
  /** Of the `sls-kafka-in`, put over `commit: onAck` and `startFrom: earliest`. */
  readonly settings?: Settings
  /** Of the ack node behind `ack`. */
  readonly ackSettings?: Settings
  /** The nodes between the `sls-kafka-in` and the ack node. */
  readonly work: (ids: Ids) => readonly FlowNode[]
  /** Id of the tab; has to be given where one Node-RED holds several flows. Default `flow`. */
  readonly tab?: string
  /** What a message names as acked, where that is not `msg.kafka.token`. */
  readonly tokensOf?: TokensOf
}

/** The messages that one deployed flow has sent and acked so far, across restarts of its process. */
export class TestedFlow {
  readonly setup: FlowSetup
  readonly logstore: string
  readonly group: string
  readonly tab: string
  readonly #service: ServiceAddress
  readonly #passed: Sink
  readonly #reports: Sink
  readonly #ackLanes = new Set<string>()

  constructor(setup: FlowSetup, service: ServiceAddress, passed: Sink, reports: Sink) {
    this.setup = setup
    this.logstore = setup.logstore
    this.group = setup.group ?? setup.logstore
    this.tab = setup.tab ?? 'flow'
    this.#service = service
    this.#passed = passed
    this.#reports = reports
  }

  /** What the `sls-kafka-in` has sent, without its second output. */
  get records(): SinkMessage[] {
    return this.through('records')
  }

  /** What the second output has sent. */
  get deadLetters(): SinkMessage[] {
    return this.through('dead')
  }

  /** What is about to reach an ack node with the action `ack`. */
  get acked(): SinkMessage[] {
    return this.#passed.messages.filter(({ sink }) => this.#ackLanes.has(sink))
  }

  get nacked(): SinkMessage[] {
    return this.through('nack')
  }

  get rejected(): SinkMessage[] {
    return this.through('reject')
  }

  /** Everything above in the order in which it happened, named by `sink`: `<tab>-records` and so on. */
  get passed(): SinkMessage[] {
    return this.#passed.messages.filter(({ sink }) => sink.startsWith(`${this.tab}-`))
  }

  /** Errors that a Catch node for the tab has got, also those of the work. */
  get errors(): SinkMessage[] {
    return this.#reports.messages.filter(({ sink }) => sink === this.id('errors'))
  }

  /** Statuses of the `sls-kafka-in`. */
  get statuses(): SinkMessage[] {
    return this.#reports.messages.filter(({ status }) => status?.source?.id === this.id('in'))
  }

  /** When the flow had finished with each record. */
  get finished(): Map<RecordKey, number> {
    const sent = [...this.records, ...this.deadLetters]
    return finishedRecords(sent, this.acked, this.setup.tokensOf ?? usualToken)
  }

  /** How often each record was sent, the first time included. */
  get timesSent(): Map<RecordKey, number> {
    const times = new Map<RecordKey, number>()
    for (const record of this.records.flatMap(recordsIn)) {
      times.set(record, (times.get(record) ?? 0) + 1)
    }
    return times
  }

  id(name: string): string {
    return `${this.tab}-${name}`
  }

  /** What has passed a sink of this flow. */
  through(name: string): SinkMessage[] {
    const id = this.id(name)
    return this.#passed.messages.filter(({ sink }) => sink === id)
  }

  /** The flow, as it is deployed. */
  nodes(): FlowNode[] {
    const { settings, ackSettings = {}, work } = this.setup
    const ids = this.#ids()
    const hasAcks = settings?.['commit'] !== 'onSend'
    const hasSecond = settings?.['onExhausted'] === 'output'
    const wiring: Readonly<Record<string, readonly string[]>> = {
      [ids.id('records')]: [ids.first],
    }
    const nodes = flowWith({
      tab: this.tab,
      service: this.#service,
      records: this.#passed,
      reports: this.#reports,
      consumer: {
        logstore: this.logstore,
        group: this.group,
        startFrom: 'earliest',
        commit: 'onAck',
        outputs: hasSecond ? 2 : 1,
        wires: [[ids.id('records')], ...(hasSecond ? [[ids.id('dead')]] : [])],
        ...settings,
      },
    }).map((node) => {
      const targets = wiring[node.id]
      return targets ? { ...node, wires: [targets] } : node
    })
    this.#ackLanes.clear()
    return [
      ...nodes,
      this.#sink(ids.id('dead'), [ids.second]),
      ...work(ids),
      ...(hasAcks
        ? [
            ...ids.lane('ack', { action: 'ack', ...ackSettings }),
            ...ids.lane('nack', { action: 'nack' }),
            ...ids.lane('reject', { action: 'reject' }),
          ]
        : [this.#ackLane('ack', [])]),
    ]
  }

  #ids(): Ids {
    const id = (name: string): string => this.id(name)
    const onTab = { z: this.tab, x: 100, y: 100 }
    return {
      tab: this.tab,
      onTab,
      id,
      first: id('first'),
      second: id('second'),
      ack: id('ack'),
      nack: id('nack'),
      reject: id('reject'),
      sink: (name, wires = []) => this.#sink(id(name), wires),
      lane: (name, settings, wires = []) => {
        const node = id(`${name}-node`)
        return [
          settings['action'] === 'ack' ? this.#ackLane(name, [node]) : this.#sink(id(name), [node]),
          {
            ...onTab,
            id: node,
            type: 'sls-kafka-ack',
            version: 1,
            name: node,
            token: 'kafka.token',
            tokenType: 'msg',
            ...settings,
            wires: [wires],
          },
        ]
      },
    }
  }

  #ackLane(name: string, wires: readonly string[]): FlowNode {
    const id = this.id(name)
    this.#ackLanes.add(id)
    return this.#sink(id, wires)
  }

  #sink(id: string, wires: readonly string[]): FlowNode {
    const { port } = this.#passed
    return { z: this.tab, x: 100, y: 100, id, type: 'test-sink', name: id, port, wires: [wires] }
  }
}
