import { readdirSync, readlinkSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import type { Broker } from '../shared/broker'
import type { NodeRed } from '../shared/node-red'
import type { Resources } from '../shared/resources'
import type { FlowSetup, TestedFlow } from '../shared/integrity/flow'
import { Rig, type HeldResources } from '../shared/integrity/rig'
import type { MemberAction } from './action'
import type { Figure } from './growth'

/** A process that responds later than this is left out of the sample. */
const SAMPLE_MS = 20_000

/** The figures of one process at one moment. */
export interface ProcessSample {
  readonly pid: number
  readonly figures: Readonly<Partial<Record<Figure, number>>>
}

/** One Node-RED process of the group. Its actions run one after the other. */
export class Member {
  readonly #rig: Rig
  readonly #onDeath: (reason: string) => void
  #actions = Promise.resolve()
  #isRunning = true

  /**
   * @param onDeath called when the process ends by itself
   * @param isSampled whether the process must be able to report the heap in use
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

  /** Resolves when this action and all earlier ones are complete. */
  perform(action: MemberAction): Promise<void> {
    const performed = this.#actions.then(() => this.#perform(action))
    this.#actions = performed.catch(() => undefined) // the caller gets the error
    return performed
  }

  /** Resolves when all actions are complete. */
  idle(): Promise<void> {
    return this.#actions
  }

  /** The figures of the process now; null while it does not run or respond. */
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
      // The process is ending, or so busy that its figures would have no meaning.
      return null
    }
  }

  /** Ends the process by SIGTERM. Rejects if its exit code is not 0. */
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

/** The number of open sockets as the kernel counts them. Works on Linux only. */
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
