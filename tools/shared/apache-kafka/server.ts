import { fork } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { superviseChild, type Child } from '../node-red/child'

export interface ServerProgram {
  /** For error messages. */
  readonly name: string
  /** Removed by `stop`, and when this process ends. */
  readonly folder: string
  readonly java: string
  readonly args: readonly string[]
  /** Part of the line that says that clients are served. */
  readonly startedLine: string
}

const START_MS = 90_000
const KILL_MS = 10_000
/** A broker that shuts down hands its partitions over first. */
const SHUT_DOWN_MS = 60_000

/** A Java server on loopback, which can be killed and started again with the same data. */
export class Server {
  readonly #program: ServerProgram
  readonly #logs: string[] = []
  #child: Child | null = null

  constructor(program: ServerProgram) {
    this.#program = program
  }

  /** The output of all runs so far. */
  get logs(): readonly string[] {
    return [...this.#logs, ...(this.#child?.lines ?? [])]
  }

  get isRunning(): boolean {
    return this.#child !== null
  }

  /** Resolves when clients are served. */
  async start(): Promise<void> {
    const { name, folder, java, args, startedLine } = this.#program
    const guard = fork(join(__dirname, 'guard.js'), [folder, java, ...args], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    this.#child = superviseChild(name, guard, () => undefined)
    await this.#child.waitForLine(startedLine, START_MS)
  }

  /** kill -9. */
  kill(): Promise<void> {
    return this.#end('SIGKILL', KILL_MS)
  }

  /** Ends the server by SIGTERM. */
  shutDown(): Promise<void> {
    return this.#end('SIGTERM', SHUT_DOWN_MS)
  }

  /** Ends it at once and throws its data away. */
  async stop(): Promise<void> {
    const child = this.#take()
    child?.process.kill('SIGTERM')
    await child?.waitForExit(KILL_MS)
    await rm(this.#program.folder, { recursive: true, force: true })
  }

  async #end(signal: NodeJS.Signals, timeoutMs: number): Promise<void> {
    const child = this.#take()
    child?.process.send(signal)
    await child?.waitForExit(timeoutMs)
    for (const line of child?.lines ?? []) this.#logs.push(line)
  }

  #take(): Child | null {
    const child = this.#child
    this.#child = null
    return child
  }
}
