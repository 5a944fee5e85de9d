import type { ChildProcess } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { createInterface } from 'node:readline'
import { superviseChild, type Child, type ExitStatus } from './node-red/child'

/** A record as a client received it. */
export interface Delivery {
  readonly partition: number
  readonly offset: string
  /** Text. */
  readonly payload: unknown
}

/** What a client is to read. */
export interface Subscription {
  readonly logstore: string
  readonly group: string
}

/** One line of a client's output, understood. */
export type ClientEvent =
  | { readonly record: Delivery }
  /** The shards that it reads from now on. */
  | { readonly assigned: readonly number[] }

export interface GroupClientParts {
  /** Of the program, for error messages. */
  readonly name: string
  readonly process: ChildProcess
  readonly parse: (line: string) => ClientEvent
  /** Asks the program to leave the group and end. */
  readonly askToEnd: (process: ChildProcess) => void
}

/** Enough for two rebalances, each as long as the slowest heartbeat of the group, 5 s. */
const WAIT_MS = 30_000
const STOP_MS = 15_000

/** A program that is not ours, reading a logstore as a member of a group, in its own process. */
export class GroupClient {
  readonly deliveries: Delivery[] = []
  readonly #name: string
  readonly #askToEnd: () => void
  readonly #child: Child
  readonly #events = new EventEmitter()
  #shards: readonly number[] = []
  #exit: ExitStatus | null = null

  constructor({ name, process: child, parse, askToEnd }: GroupClientParts) {
    this.#name = name
    this.#askToEnd = () => {
      askToEnd(child)
    }
    this.#child = superviseChild(name, child, () => child.kill('SIGKILL'))
    if (!child.stdout) throw new Error(`${name} has no standard output`)
    createInterface({ input: child.stdout }).on('line', (line) => {
      this.#take(parse(line))
    })
    void this.#child.exited.then((status) => {
      this.#exit = status
      this.#events.emit('change')
    })
  }

  /** Those of the last assignment. */
  get shards(): readonly number[] {
    return this.#shards
  }

  /** @param what completes the sentence "waited for ..." */
  async until(what: string, condition: () => boolean, waitMs = WAIT_MS): Promise<void> {
    const signal = AbortSignal.timeout(waitMs)
    try {
      while (!condition()) {
        if (this.#exit) throw new Error(`${this.#name} has ended`)
        await once(this.#events, 'change', { signal })
      }
    } catch (cause) {
      const got = `${this.deliveries.length} records, shards ${JSON.stringify(this.shards)}`
      throw new Error(`${this.#name} has ${got}; ${this.#child.explain(what)}`, { cause })
    }
  }

  /**
   * Ends the client by SIGTERM; can be called twice.
   * @throws Error if the client does not end, or ends with an error
   */
  async stop(): Promise<void> {
    if (!this.#exit) this.#askToEnd()
    try {
      const { code } = await this.#child.waitForExit(STOP_MS)
      if (code !== 0) throw new Error(this.#child.explain('exit code 0'))
    } catch (error) {
      this.#child.process.kill('SIGKILL')
      throw error
    }
  }

  #take(event: ClientEvent): void {
    if ('record' in event) this.deliveries.push(event.record)
    else this.#shards = event.assigned
    this.#events.emit('change')
  }
}
