import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { newClientId } from '../../../lib/kafka/client-id'
import type { ConsumerSettings } from '../../../lib/config/consumer-options'
import {
  startEmulator,
  type RunningEmulator,
  type StartOptions,
} from '../../../tools/emulator/process'
import { waitUntil } from '../../../tools/shared/polling'
import type { Resources } from '../../../tools/shared/resources'
import { RunningConsumer } from '../../support/running-consumer'
import { Watch } from './watch'

export const LOGSTORE = 'access-log'
export const SHARDS = 4
export const GROUP = 'node-red'

/** Of getActiveResourcesInfo: what a consumer may have of its own. */
const COUNTED = ['Timeout', 'TCPSocketWrap', 'TLSWrap', 'TCPWrap', 'ConnectWrap', 'Immediate']

/** For what is under way when it is counted: a request to the control channel, a closing socket. */
const SETTLE_MS = 3_000

/** Of a consumer that has nothing to read: two a second at first, fewer once it has been idle for long. */
const MOST_FETCHES_PER_SECOND = 2
const COUNT_MS = 2_000

/** One for fetches and one for all else. */
const CONNECTIONS = 2

/** A consumer on a emulator whose status is watched, and what both hold. */
export class SupervisedRig {
  readonly emulator: RunningEmulator
  readonly consumer: RunningConsumer
  readonly watch: Watch
  readonly #before: Readonly<Record<string, number>>
  #written = 0

  /** @param settings of the consumer, put over reading from the start */
  static async start(
    resources: Resources,
    settings: ConsumerSettings = {},
    options: StartOptions = {},
    prepare: (emulator: RunningEmulator) => Promise<unknown> = () => Promise.resolve(),
  ): Promise<SupervisedRig> {
    const logstores = { [LOGSTORE]: SHARDS }
    const emulator = await resources.started(startEmulator({ logstores, ...options }))
    await prepare(emulator)
    const rig = new SupervisedRig(emulator, settings)
    resources.onEnd(() => rig.end())
    return rig
  }

  private constructor(emulator: RunningEmulator, settings: ConsumerSettings) {
    this.emulator = emulator
    this.#before = resourcesInUse()
    const all = { logstore: LOGSTORE, group: GROUP, startFrom: 'earliest', ...settings }
    this.consumer = new RunningConsumer(emulator, all, () => newClientId('supervised')).start()
    this.watch = new Watch(this.consumer)
  }

  /** Appends so many logs, numbered from where the last call ended. */
  async write(count: number, shard?: number): Promise<void> {
    const logs = Array.from({ length: count }, (_, index) => String(this.#written + index))
    this.#written += count
    await this.emulator.append(LOGSTORE, logs, shard === undefined ? {} : { shard })
  }

  /** Records flow: some are written, and all that were ever written have come. */
  async reads(wait?: number): Promise<void> {
    await this.write(40)
    await this.hasAll(wait)
    await this.shows('green')
  }

  async hasAll(wait?: number): Promise<void> {
    await this.consumer.until(
      `all ${this.#written} records`,
      () => new Set(this.consumer.payloads).size >= this.#written,
      wait,
    )
  }

  async shows(text: RegExp | string, wait = 20_000): Promise<void> {
    const matches = (): boolean =>
      typeof text === 'string' ? this.watch.current === text : text.test(this.watch.current)
    await looked(`the status ${String(text)}`, matches, wait)
  }

  /** Each record came, and came once. */
  assertOnceEach(): void {
    const { payloads } = this.consumer
    assert.deepEqual(
      [...payloads].map(Number).sort((a, b) => a - b),
      Array.from({ length: this.#written }, (_, number) => number),
    )
  }

  /** The consumer reported these failures, each once, and no others. */
  assertReported(codes: readonly string[]): void {
    assert.deepEqual(
      this.consumer.failures.map(({ code }) => code),
      codes,
    )
  }

  /** Resolves when a request has met each of the faults. */
  async hasMetFaults(): Promise<void> {
    const isMet = async (): Promise<boolean> =>
      (await this.emulator.state()).faults.every(({ timesApplied }) => timesApplied > 0)
    await looked('requests that meet the faults', isMet, 20_000)
  }

  async memberIds(): Promise<string[]> {
    const group = (await this.emulator.state()).groups.find(({ id }) => id === GROUP)
    return (group?.members ?? []).map(({ id }) => id)
  }

  /** The consumer has one membership, one fetch loop and its connections; its end leaves nothing behind. */
  async assertEndsWell(): Promise<void> {
    await this.#assertNothingDoubled()
    await this.assertLeavesNothing()
  }

  /** Closes the consumer, and finds nothing left of it: no member, connection, socket or timer. */
  async assertLeavesNothing(): Promise<void> {
    await this.end()
    assert.deepEqual(await this.memberIds(), [])
    await looked(
      'connections to end',
      async () => (await this.emulator.state()).connections.open === 0,
      SETTLE_MS,
    )
    const kinds = Object.keys(this.#before)
    const surplus = (): string[] =>
      kinds.filter((kind) => (resourcesInUse()[kind] ?? 0) > (this.#before[kind] ?? 0))
    await looked('sockets and timers to end', () => surplus().length === 0, SETTLE_MS)
  }

  async #assertNothingDoubled(): Promise<void> {
    const before = await this.emulator.state()
    await delay(COUNT_MS)
    const after = await this.emulator.state()
    const fetches = (after.requests['Fetch'] ?? 0) - (before.requests['Fetch'] ?? 0)
    assert.ok(fetches <= (MOST_FETCHES_PER_SECOND * COUNT_MS) / 1000 + 2, `${fetches} fetches`)
    assert.ok(after.connections.open <= CONNECTIONS, `${after.connections.open} connections`)
    // A member that was refused joins again with the next heartbeat.
    await looked('one member', async () => (await this.memberIds()).length === 1, 10_000)
  }

  async end(): Promise<void> {
    this.watch.end()
    await this.consumer.close()
  }
}

function resourcesInUse(): Record<string, number> {
  const all = process.getActiveResourcesInfo()
  return Object.fromEntries(COUNTED.map((kind) => [kind, all.filter((one) => one === kind).length]))
}

async function looked(
  what: string,
  condition: () => boolean | Promise<boolean>,
  wait: number,
): Promise<void> {
  await waitUntil(condition, () => `waited for ${what}`, { timeoutMs: wait })
}
