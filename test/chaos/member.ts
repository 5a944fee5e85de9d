import { setTimeout as delay } from 'node:timers/promises'
import type { Broker } from '../support/broker'
import type { NodeRed } from '../support/node-red'
import type { Resources } from '../support/resources'
import type { FlowSetup, TestedFlow } from '../integrity/support/flow'
import { startRig, type Rig } from '../integrity/support/rig'
import type { MemberAction } from './action'

/** One Node-RED process of the group, and what happens to it: one thing after the other. */
export class Member {
  readonly #rig: Rig
  readonly #onDeath: (reason: string) => void
  #actions = Promise.resolve()
  #isRunning = true

  /** @param onDeath told when the process ends though nobody ended it */
  static async start(
    resources: Resources,
    broker: Broker,
    setup: FlowSetup,
    onDeath: (reason: string) => void,
  ): Promise<Member> {
    return new Member(await startRig(resources, broker, setup), onDeath)
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
