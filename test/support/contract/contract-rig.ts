import type { ConsumerSettings } from '../../../lib/config/consumer-options'
import {
  startEmulator,
  type GroupStateReport,
  type RunningEmulator,
} from '../../../tools/emulator/process'
import { waitUntil } from '../../../tools/shared/polling'
import { RunningConsumer } from '../running-consumer'
import { RunningSource } from './running-source'

/** Milliseconds between two looks at a service that tells nothing by itself. */
const LOOK_MS = 20
const WAIT_MS = 12_000

const SETTINGS = { startFrom: 'earliest', format: 'text', sessionTimeout: '30000' } as const

/** An emulator for the tests of one `describe`, with a logstore and a group for each test. */
export class ContractRig {
  readonly #flags: readonly string[]
  readonly #running: (() => Promise<unknown>)[] = []
  #emulator: RunningEmulator | null = null
  #test = 0

  /** To be made inside the `describe`, whose hooks it sets. @param flags of the emulator */
  constructor(...flags: string[]) {
    this.#flags = flags
    before(async () => {
      this.#emulator = await startEmulator({ flags })
    })
    beforeEach(() => {
      this.#test++
    })
    afterEach(async () => {
      await this.emulator.clearFaults()
      await Promise.all(this.#running.splice(0).map((stop) => stop()))
    })
    after(async () => {
      await this.#emulator?.stop()
    })
  }

  get emulator(): RunningEmulator {
    if (!this.#emulator) throw new Error(`no emulator with ${this.#flags.join(' ')}`)
    return this.#emulator
  }

  /** Name of the test's logstore. */
  get logstore(): string {
    return `logs-${this.#test}`
  }

  get group(): string {
    return `group-${this.#test}`
  }

  /** @param startIndex of the first log groups; offsets are 131,072 times it */
  async createLogstore(shards: number, startIndex?: number): Promise<void> {
    await this.emulator.createLogstore(this.logstore, shards, startIndex)
  }

  async append(lines: readonly string[], shard = 0, groupSize = 100): Promise<void> {
    await this.emulator.append(this.logstore, lines, { shard, groupSize })
  }

  /** A member of the test's group that runs; it is stopped after the test. */
  source(clientId = 'one', settings: ConsumerSettings = {}): RunningSource {
    return this.idleSource(clientId, settings).start()
  }

  /** A member that the test starts itself; it is stopped after the test. */
  idleSource(clientId = 'one', settings: ConsumerSettings = {}): RunningSource {
    const source = new RunningSource(this.emulator, this.#settings(settings), clientId)
    // A test that expects an error has seen it.
    this.#running.push(() => source.stop().catch(() => undefined))
    return source
  }

  consumer(settings: ConsumerSettings = {}, clientId = 'one'): RunningConsumer {
    const consumer = new RunningConsumer(this.emulator, this.#settings(settings), clientId)
    this.#running.push(() => consumer.close())
    return consumer.start()
  }

  async groupState(id = this.group): Promise<GroupStateReport | null> {
    return (await this.emulator.state()).groups.find((group) => group.id === id) ?? null
  }

  /** What the group has committed, by shard. */
  async committed(): Promise<ReadonlyMap<number, bigint>> {
    const offsets = (await this.groupState())?.offsets ?? []
    return new Map(
      offsets
        .filter(({ logstore }) => logstore === this.logstore)
        .map(({ shard, offset }) => [shard, BigInt(offset)]),
    )
  }

  async requests(api: string): Promise<number> {
    return (await this.emulator.state()).requests[api] ?? 0
  }

  /** To how many requests each of the faults was done, in the order in which they were added. */
  async faultsApplied(): Promise<number[]> {
    return (await this.emulator.state()).faults.map(({ timesApplied }) => timesApplied)
  }

  /** The offset that the next log group of a shard begins with. */
  async nextOffset(shard = 0): Promise<bigint> {
    const { logstores } = await this.emulator.state()
    const logstore = logstores.find(({ name }) => name === this.logstore)
    return BigInt(logstore?.shards[shard]?.next ?? -1)
  }

  #settings(settings: ConsumerSettings): ConsumerSettings {
    return { ...SETTINGS, logstore: this.logstore, group: this.group, ...settings }
  }
}

/** Looks at the emulator until it is as wanted. @param what completes "never saw ..." */
export async function seen(what: string, look: () => Promise<boolean>): Promise<void> {
  await waitUntil(look, () => `never saw ${what}`, { timeoutMs: WAIT_MS, intervalMs: LOOK_MS })
}

/** @param size of each, in characters */
export function lines(count: number, size = 0, from = 0): string[] {
  return Array.from({ length: count }, (_, index) => `${from + index} `.padEnd(size, 'x'))
}
