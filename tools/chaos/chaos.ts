import { setTimeout as delay } from 'node:timers/promises'
import type { RunningEmulator } from '../emulator/process'
import { brokerOf, type Broker } from '../shared/broker'
import { startEmulator } from '../emulator/process'
import { becomesTrue } from '../shared/polling'
import type { Resources } from '../shared/resources'
import { seconds, textOf, type Action, type MemberAction } from './action'
import { judgeGrowth, type Growth } from './growth'
import { repeatsIn, resultOf, type Breach, type Result } from './judgement'
import { Member } from './member'
import type { ChaosOptions } from './options'
import { paceOf, type Pace } from './pace'
import { planOf, type Step } from './plan'
import { Sampler } from './sampler'
import { Service } from './service'
import { flowOf } from './work'
import { NumberWriter } from './writer'

const LOGSTORE = 'chaos'
/** What the flows write. */
const COPIES = 'chaos-copies'
const MEMBERS = 3
const SHARDS = 4
/** Long enough to finish everything: it can take a minute until the client sees new shards. */
const COMMIT_LIMITS = { timeoutMs: 90_000, intervalMs: 500 }
const LOG_LINES = 12

export interface ChaosResult extends Result {
  readonly plan: readonly Step[]
  /** The start of the plan, unix ms. */
  readonly startedAt: number
  /** The growth of each process with enough samples, and of the group. */
  readonly growths: readonly Growth[]
}

/** One run of a plan. `resources` ends all that the run has started, even if the run is interrupted. */
export class Chaos {
  readonly #options: ChaosOptions
  readonly #pace: Pace
  readonly #print: (line: string) => void
  readonly #plan: readonly Step[]
  readonly #endpoint: RunningEmulator
  readonly #broker: Broker
  readonly #members: readonly Member[]
  readonly #service: Service
  readonly #writer: NumberWriter
  readonly #startedAt = Date.now()
  /** Breaches other than those of records and commits. */
  readonly #breaches: Breach[]
  readonly #performed: Promise<void>[] = []

  static async run(
    options: ChaosOptions,
    resources: Resources,
    print: (line: string) => void,
  ): Promise<ChaosResult> {
    const pace = paceOf(options)
    const plan = planOf({
      seed: options.seed,
      ms: options.minutes * 60_000,
      members: MEMBERS,
      shards: SHARDS,
      lasting: pace.lasting,
    })
    print(
      `seed ${options.seed}: ${seconds(options.minutes * 60_000)} with ${plan.length} actions on ` +
        `${MEMBERS} Node-RED processes that share ${SHARDS} shards`,
    )
    if (options.isVerbose) for (const step of plan) print(planLine(step))

    const endpoint = await resources.started(
      startEmulator({ logstores: { [LOGSTORE]: SHARDS, [COPIES]: SHARDS } }),
    )
    const broker = brokerOf(endpoint)
    const breaches: Breach[] = []
    const setups = Array.from({ length: MEMBERS }, (_, index) =>
      flowOf(`process-${index + 1}`, { logstore: LOGSTORE, shards: SHARDS, copies: COPIES }),
    )
    const members = await Promise.all(
      setups.map((setup, index) => {
        const onDeath = (reason: string): void => {
          breaches.push({ at: Date.now(), text: `process ${index + 1}: ${reason}` })
        }
        return Member.start(resources, broker, setup, onDeath, pace.sampling !== null)
      }),
    )
    resources.onEnd(() => Promise.all(members.map((member) => member.kill())))
    const service = new Service(
      endpoint,
      LOGSTORE,
      members.map(({ flow }) => flow.id('in')),
    )
    const writer = new NumberWriter(endpoint, LOGSTORE, options.seed, pace.writeEveryMs)
    resources.onEnd(() => writer.stop())
    return new Chaos({
      options,
      pace,
      print,
      plan,
      endpoint,
      members,
      service,
      writer,
      breaches,
    }).#run()
  }

  private constructor(parts: {
    options: ChaosOptions
    pace: Pace
    print: (line: string) => void
    plan: readonly Step[]
    endpoint: RunningEmulator
    members: readonly Member[]
    service: Service
    writer: NumberWriter
    breaches: Breach[]
  }) {
    this.#options = parts.options
    this.#pace = parts.pace
    this.#print = parts.print
    this.#plan = parts.plan
    this.#endpoint = parts.endpoint
    this.#broker = brokerOf(parts.endpoint)
    this.#members = parts.members
    this.#service = parts.service
    this.#writer = parts.writer
    this.#breaches = parts.breaches
  }

  async #run(): Promise<ChaosResult> {
    const progress = setInterval(() => {
      this.#progress()
    }, this.#pace.progressEveryMs)
    const sampler = this.#startSampler()
    try {
      await this.#follow()
      await sampler?.stop()
      await this.#untilAllIsCommitted()
    } finally {
      clearInterval(progress)
      await sampler?.stop()
    }
    this.#progress()
    const stopped = await Promise.allSettled(this.#members.map((member) => member.stop()))
    for (const [index, { status, ...rest }] of stopped.entries()) {
      if (status === 'rejected' && 'reason' in rest) {
        this.#breach(`process ${index + 1} at the end: ${String(rest.reason)}`)
      }
    }
    const growths = this.#growths(sampler)
    const flows = this.#members.map(({ flow }) => flow)
    const result = await resultOf(
      this.#broker,
      flows,
      { written: this.#writer.written, copies: COPIES },
      this.#startedAt,
    )
    return {
      ...result,
      breaches: [...result.breaches, ...this.#breaches],
      plan: this.#plan,
      startedAt: this.#startedAt,
      growths,
    }
  }

  #startSampler(): Sampler | null {
    const { sampling } = this.#pace
    const [members, startedAt, print] = [this.#members, this.#startedAt, this.#print]
    return sampling && new Sampler({ members, sampling, startedAt, print })
  }

  #growths(sampler: Sampler | null): readonly Growth[] {
    const { sampling, lasting } = this.#pace
    if (!sampler || !sampling) return []
    const lastingOnes = Array.from({ length: lasting }, (_, index) => `process ${index + 1}`)
    const expected = [...lastingOnes, 'the group']
    const { growths, breaches } = judgeGrowth(sampler.series, sampling.settleMs, expected)
    for (const text of breaches) this.#breach(text)
    return growths
  }

  /** Performs the plan while records are written. */
  async #follow(): Promise<void> {
    for (const step of this.#plan) {
      await delay(Math.max(0, this.#startedAt + step.at - Date.now()))
      this.#performed.push(this.#perform(step))
    }
    await delay(Math.max(0, this.#startedAt + this.#options.minutes * 60_000 - Date.now()))
    await this.#writer.stop()
    await Promise.all(this.#performed)
    await this.#service.heal()
  }

  async #perform({ action }: Step): Promise<void> {
    const text = textOf(action)
    if (this.#options.isVerbose) this.#print(`${this.#time()}  begins: ${text}`)
    try {
      if (isOfMember(action)) await this.#members[action.member]?.perform(action)
      else await this.#service.perform(action)
      if (this.#options.isVerbose) this.#print(`${this.#time()}  done: ${text}`)
    } catch (error) {
      this.#breach(`${text}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }

  /** Waits until the offsets of all acknowledged records are committed. */
  async #untilAllIsCommitted(): Promise<void> {
    let uncommitted: string[] = []
    const isCommitted = async (): Promise<boolean> => {
      uncommitted = await this.#uncommitted()
      return uncommitted.length === 0
    }
    if (await becomesTrue(isCommitted, COMMIT_LIMITS)) return
    const waited = seconds(COMMIT_LIMITS.timeoutMs)
    this.#breach(`not committed ${waited} after the last failure: ${uncommitted.join(', ')}`)
    this.#explain()
  }

  async #uncommitted(): Promise<string[]> {
    const { logstores } = await this.#endpoint.state()
    const shards = logstores.find(({ name }) => name === LOGSTORE)?.shards ?? []
    const ends = await this.#broker.endOffsets(LOGSTORE)
    const committed = await this.#broker.committed(LOGSTORE, LOGSTORE)
    return shards.flatMap(({ id, logs }) => {
      const [end, offset] = [ends[id], committed[id]]
      // A shard without records can stay without a commit.
      return logs === 0 || offset === end
        ? []
        : [`shard ${id} at ${offset ?? 'nothing'} of ${end ?? ''}`]
    })
  }

  #explain(): void {
    for (const [index, member] of this.#members.entries()) {
      const status = member.flow.statuses.at(-1)?.status
      this.#print(`process ${index + 1}, last status ${JSON.stringify(status)}; its log:`)
      for (const line of member.log(LOG_LINES)) this.#print(`    ${line}`)
    }
  }

  #progress(): void {
    const flows = this.#members.map(({ flow }) => flow)
    const finished = new Set(flows.flatMap((flow) => [...flow.finished.keys()])).size
    const { repeated, retried } = repeatsIn(flows)
    const running = this.#members.filter(({ isRunning }) => isRunning).length
    const begun = this.#plan.filter(({ at }) => this.#startedAt + at <= Date.now()).length
    this.#print(
      [
        `${this.#time()}  ${this.#writer.written} written`,
        `${finished} acknowledged`,
        `${repeated} repeated`,
        `${retried} retried`,
        `${begun} of ${this.#plan.length} actions`,
        `${running} of ${MEMBERS} processes run`,
      ].join(', '),
    )
  }

  #breach(text: string): void {
    this.#breaches.push({ at: Date.now(), text })
  }

  #time(): string {
    return seconds(Date.now() - this.#startedAt).padStart(8)
  }
}

export function planLine({ at, action }: Step): string {
  return `${seconds(at).padStart(8)}  plan: ${textOf(action)}`
}

function isOfMember(action: Action): action is MemberAction {
  return 'member' in action
}
