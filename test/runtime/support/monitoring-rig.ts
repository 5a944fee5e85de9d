import assert from 'node:assert/strict'
import parse from 'parse-prometheus-text-format'
import type { ConsumerHealth, Health } from '../../../lib/monitoring/health'
import type { FlowSetup } from '../../../tools/shared/integrity/flow'
import { Rig } from '../../../tools/shared/integrity/rig'
import { brokerOf } from '../../../tools/shared/broker'
import { startEmulator, type RunningEmulator } from '../../../tools/emulator/process'
import type { SinkMessage } from '../../../tools/shared/node-red'
import type { Resources } from '../../../tools/shared/resources'

/** What the alert of docs/monitoring.md calls late, in seconds. */
export const LATE_SECONDS = 60

/** The expressions of docs/monitoring.md that `fails` and `isLate` compute. */
export const ALERTS = [
  'sls_kafka_ok == 0',
  `max by (node, name, logstore) (sls_kafka_delay_seconds unless sls_kafka_shard_paused == 1) > ${LATE_SECONDS}`,
]

/** Seconds for which an answer without records proves that nothing waits. */
export const PROOF_SECONDS = 30

const WAIT_MS = 120_000

/** Node-RED and its flows as a machine sees them that asks for health and metrics. */
export class MonitoringRig {
  readonly emulator: RunningEmulator
  readonly rig: Rig

  static async start(resources: Resources, setups: readonly FlowSetup[]): Promise<MonitoringRig> {
    const logstores = Object.fromEntries(setups.map(({ logstore, shards }) => [logstore, shards]))
    const emulator = await resources.started(
      startEmulator({ logstores, flags: ['--rebalance-delay', '0'] }),
    )
    const rig = await Rig.start(resources, brokerOf(emulator), setups, {
      settings: { slsKafka: { health: true } },
    })
    return new MonitoringRig(emulator, rig)
  }

  private constructor(emulator: RunningEmulator, rig: Rig) {
    this.emulator = emulator
    this.rig = rig
  }

  async health(tab: string): Promise<ConsumerHealth> {
    const { consumers } = await this.#json<Health>('/sls-kafka/health')
    return consumers.find(({ flow }) => flow === tab) ?? assert.fail(`no consumer on ${tab}`)
  }

  /** The status that was shown last. */
  status(tab: string): NonNullable<SinkMessage['status']> {
    const flow = this.rig.flows.find((one) => one.tab === tab)
    return flow?.statuses.at(-1)?.status ?? assert.fail(`no status on ${tab}`)
  }

  /** `sls_kafka_delay_seconds` of the shards of a node. */
  async delaySamples(tab: string): Promise<number[]> {
    return (await this.#samples('sls_kafka_delay_seconds', tab)).map(([, value]) => value)
  }

  /** As the shipped alert has it: the status shows an error. */
  async fails(tab: string): Promise<boolean> {
    return (await this.#samples('sls_kafka_ok', tab)).some(([, value]) => value === 0)
  }

  /** As the shipped alert has it: a shard that is not paused is more than a minute late. */
  async isLate(tab: string): Promise<boolean> {
    const paused = new Map(await this.#samples('sls_kafka_shard_paused', tab))
    const delays = await this.#samples('sls_kafka_delay_seconds', tab)
    return delays.some(([shard, delay]) => paused.get(shard) !== 1 && delay > LATE_SECONDS)
  }

  /** What the plots of the monitor show, oldest first. */
  async history(tab: string): Promise<readonly (number | null)[]> {
    const { consumers } = await this.#json<{
      consumers: { flow: string; history: { delaySeconds: number | null }[] }[]
    }>('/sls-monitor/consumers?since=0')
    const found = consumers.find(({ flow }) => flow === tab) ?? assert.fail(`nothing on ${tab}`)
    return found.history.map(({ delaySeconds }) => delaySeconds)
  }

  /** Presses a button of the monitor. */
  async press(tab: string, action: 'pause' | 'resume'): Promise<void> {
    const { id } = await this.health(tab)
    await this.rig.nodeRed.request('/sls-monitor/command', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ id, action, partition: null }),
    })
  }

  /** Resolves with the health of a node as soon as it is so; looks again and again. */
  async until(
    tab: string,
    what: string,
    isSo: (health: ConsumerHealth) => boolean,
    timeoutMs = WAIT_MS,
  ): Promise<ConsumerHealth> {
    let health = await this.health(tab)
    try {
      await this.rig.until(
        `${tab}: ${what}`,
        async () => isSo((health = await this.health(tab))),
        timeoutMs,
      )
    } catch (cause) {
      throw new Error(`${tab}: waited for ${what}, but health is ${JSON.stringify(health)}`, {
        cause,
      })
    }
    return health
  }

  /** Resolves when everything that was written has come, and the service has proved that it is all. */
  caughtUp(tab: string): Promise<ConsumerHealth> {
    return this.until(
      tab,
      'all to be read',
      ({ state, delaySeconds, shards, inFlight }) =>
        state === 'consuming' &&
        inFlight === 0 &&
        delaySeconds === 0 &&
        shards.length > 0 &&
        shards.every(({ lastFetchAt, queued }) => lastFetchAt !== null && queued === 0),
    )
  }

  async #samples(name: string, tab: string): Promise<[shard: string, value: number][]> {
    const response = await this.rig.nodeRed.request('/sls-kafka/metrics')
    const metric = parse(await response.text()).find((one) => one.name === name)
    return (metric?.metrics ?? [])
      .filter(({ labels }) => labels?.['node'] === `${tab}-in`)
      .map(({ labels, value }) => [labels?.['shard'] ?? '', Number(value)])
  }

  async #json<Answer>(path: string): Promise<Answer> {
    return (await (await this.rig.nodeRed.request(path)).json()) as Answer
  }
}
