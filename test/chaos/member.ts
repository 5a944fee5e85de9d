import { readdirSync, readlinkSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import type { Broker } from '../support/broker'
import type { NodeRed } from '../support/node-red'
import type { Resources } from '../support/resources'
import type { FlowSetup, TestedFlow } from '../integrity/support/flow'
import { Rig, type HeldResources } from '../integrity/support/rig'
import type { MemberAction } from './action'
import type { Figure } from './growth'

/** A process that answers later than this is not sampled this time. */
const SAMPLE_MS = 20_000

/** What one process holds at one moment. */
export interface ProcessSample {
  readonly pid: number
  readonly figures: Readonly<Partial<Record<Figure, number>>>
}

/** One Node-RED process of the group, and what happens to it: one thing after the other. */
export class Member {
  readonly #rig: Rig
  readonly #onDeath: (reason: string) => void
  #actions = Promise.resolve()
  #isRunning = true

  /**
   * @param onDeath told when the process ends though nobody ended it
   * @param isSampled makes the heap that is in use known
   */
  static async start(
    resources: Resources,
    broker: Broker,
    setup: FlowSetup,
    onDeath: (reason: string) => void,
    isSampled: boolean,
  ): Promise<Member> {
    const env = isSampled ? { NODE_OPTIONS: '--expose-gc' } : {}
    return new Member(await Rig.start(resources, broker, [setup], { env }), onDeath)
  }

  private constructor(rig: Rig, onDeath: (reason: string) => void) {
    this.#rig = rig
    this.#onDeath = onDeath
    this.#watch(rig.nodeRed)
  }

  get flow(): TestedFlow {
    return this.#rig.flow
  }

  get isRunning(): boolean {
    return this.#isRunning
  }

  /** The last lines of Node-RED's log. */
  log(lines: number): readonly string[] {
    return this.#rig.nodeRed.logs().slice(-lines)
  }

  /** Resolves when it is done, and what was to be done before it. */
  perform(action: MemberAction): Promise<void> {
    const performed = this.#actions.then(() => this.#perform(action))
    this.#actions = performed.catch(() => undefined) // who asked is told
    return performed
  }

  /** Resolves when nothing is left to be done. */
  idle(): Promise<void> {
    return this.#actions
  }

  /** What the process holds now; null while it is away or does not answer. */
  async sample(): Promise<ProcessSample | null> {
    if (!this.#isRunning) return null
    const { nodeRed } = this.#rig
    const ask = async (path: string): Promise<unknown> =>
      (await nodeRed.request(path, { signal: AbortSignal.timeout(SAMPLE_MS) })).json()
    try {
      const { rss, heapUsed } = (await ask('/test/memory')) as NodeJS.MemoryUsage
      const { counts, listeners } = (await ask('/test/resources')) as HeldResources
      const figures = { resident: rss, heap: heapUsed, sockets: socketsOf(nodeRed.pid), listeners }
      return { pid: nodeRed.pid, figures: { ...figures, timers: counts['Timeout'] ?? 0 } }
    } catch {
      // It is being ended, or so busy that its figures would say nothing.
      return null
    }
  }

  /** Ends the process in good order; rejects if it does not end so. */
  async stop(): Promise<void> {
    this.#isRunning = false
    const code = await this.#rig.stop()
    if (code !== 0) throw new Error(`Node-RED ended with exit code ${String(code)}`)
  }

  async kill(): Promise<void> {
    this.#isRunning = false
    await this.#rig.kill()
  }

  async #perform(action: MemberAction): Promise<void> {
    switch (action.kind) {
      case 'redeploy-full':
        return this.#rig.redeploy('full')
      case 'redeploy-nodes':
        return this.#rig.redeploy('nodes')
      case 'redeploy-flows':
        return this.#rig.redeploy('flows')
      case 'leave':
        await this.stop()
        return this.#returnAfter(action.awayMs)
      case 'crash':
        await this.kill()
        return this.#returnAfter(action.awayMs)
    }
  }

  async #returnAfter(awayMs: number): Promise<void> {
    await delay(awayMs)
    await this.#rig.restart()
    this.#isRunning = true
    this.#watch(this.#rig.nodeRed)
  }

  #watch(nodeRed: NodeRed): void {
    void nodeRed.exited.then(({ code, signal }) => {
      if (!this.#isRunning || nodeRed !== this.#rig.nodeRed) return
      this.#onDeath(`Node-RED ended by itself (${signal ?? `exit code ${String(code)}`})`)
    })
  }
}

/** As the kernel counts them, also those that keep nothing waiting. On Linux. */
function socketsOf(pid: number): number {
  const folder = `/proc/${pid}/fd`
  return readdirSync(folder).filter((name) => isSocket(`${folder}/${name}`)).length
}

function isSocket(path: string): boolean {
  try {
    return readlinkSync(path).startsWith('socket:')
  } catch {
    // Closed since the folder was listed.
    return false
  }
}
