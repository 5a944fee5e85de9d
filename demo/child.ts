import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'

export interface ChildOptions {
  /** A Node.js script. */
  readonly script: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  /** Is called with every line on standard output and standard error. */
  readonly onLine: (line: string) => void
}

interface Waiter {
  readonly pattern: RegExp
  readonly resolve: (line: string) => void
}

const KEPT_LINES = 20

/** A Node.js program in a process of its own, which the end of its standard input tells to end. */
export class Child {
  /** Resolves, never rejects, with how the process ended. */
  readonly ended: Promise<string>
  readonly #name: string
  readonly #process: ChildProcess
  readonly #lastLines: string[] = []
  readonly #waiters = new Set<Waiter>()

  constructor(name: string, { script, args, cwd, env, onLine }: ChildOptions) {
    this.#name = name
    this.#process = spawn(process.execPath, [script, ...args], {
      cwd,
      env,
      stdio: ['pipe', 'pipe', 'pipe'],
      // Ctrl-C in a terminal reaches a whole process group; the demo decides what stops when.
      detached: true,
      windowsHide: true,
    })
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      if (!stream) continue
      createInterface({ input: stream }).on('line', (line) => {
        this.#keep(line)
        onLine(line)
      })
    }
    this.ended = new Promise((resolve) => {
      this.#process.once('error', ({ message }) => {
        resolve(`${name} cannot be started: ${message}`)
      })
      this.#process.once('close', (code, signal) => {
        resolve(`${name} ended (${signal ?? `exit code ${code ?? ''}`})`)
      })
    })
  }

  /** The first line that matches. Rejects when the time is up, and at once if the process ends. */
  async waitForLine(pattern: RegExp, timeoutMs: number): Promise<string> {
    const stopWaiting = new AbortController()
    const timeout = AbortSignal.timeout(timeoutMs)
    const line = new Promise<string>((resolve, reject) => {
      const waiter = { pattern, resolve }
      this.#waiters.add(waiter)
      const fail = (reason: string): void => {
        reject(new Error([`${reason}; its last lines:`, ...this.#lastLines].join('\n  ')))
      }
      void this.ended.then(fail)
      timeout.addEventListener('abort', () => {
        fail(`${this.#name} is not ready after ${timeoutMs / 1_000} s`)
      })
      stopWaiting.signal.addEventListener('abort', () => this.#waiters.delete(waiter))
    })
    return line.finally(() => {
      stopWaiting.abort()
    })
  }

  /** Lets the program stop in good order, and kills it if it has not ended after that time. */
  async stop(timeoutMs: number): Promise<void> {
    const killer = setTimeout(() => this.#process.kill('SIGKILL'), timeoutMs)
    this.#process.kill('SIGTERM')
    await this.ended
    clearTimeout(killer)
  }

  #keep(line: string): void {
    this.#lastLines.push(line)
    if (this.#lastLines.length > KEPT_LINES) this.#lastLines.shift()
    for (const { pattern, resolve } of this.#waiters) if (pattern.test(line)) resolve(line)
  }
}
