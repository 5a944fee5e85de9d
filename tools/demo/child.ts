import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'

export interface ChildOptions {
  /** For messages. */
  readonly name: string
  /** The Node.js that runs it; default: this one. */
  readonly node?: string | undefined
  /** A Node.js script. */
  readonly script: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  /** Matches the line that the program prints when it is ready. */
  readonly ready: RegExp
  readonly readyTimeoutMs: number
  /** Is called with every line on standard output and standard error. */
  readonly onLine: (line: string) => void
  /** Ends a program that is not ready yet at once. */
  readonly signal: AbortSignal
}

export interface Child {
  /** The line that showed that the program is ready. */
  readonly readyLine: string
  /** Resolves, never rejects, with how the process ended. */
  readonly ended: Promise<string>
  /** Ends the program by SIGTERM, and by SIGKILL after the timeout. */
  stop(timeoutMs: number): Promise<void>
  /** Ends the program at once, as `kill -9` does. */
  kill(): Promise<void>
}

const KEPT_LINES = 20

/**
 * Starts a program that ends itself when its standard input does, as it does with this process.
 * Rejects, with the program ended, if it does not get ready.
 */
export async function startChild(options: ChildOptions): Promise<Child> {
  const { name, node = process.execPath, script, args, cwd, env } = options
  const child = spawn(node, [script, ...args], {
    cwd,
    env,
    stdio: ['pipe', 'pipe', 'pipe'],
    // Ctrl-C in a terminal reaches a whole process group; the demo decides what stops when.
    detached: true,
    windowsHide: true,
  })
  const ended = endOf(child, name)
  const stop = async (timeoutMs: number): Promise<void> => {
    const killer = setTimeout(() => child.kill('SIGKILL'), timeoutMs)
    child.kill('SIGTERM')
    await ended
    clearTimeout(killer)
  }
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL')
    await ended
  }
  try {
    return { readyLine: await readyLine(child, ended, options), ended, stop, kill }
  } catch (error) {
    await kill()
    throw error
  }
}

function endOf(child: ChildProcess, name: string): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', ({ message }) => {
      resolve(`${name} cannot be started: ${message}`)
    })
    child.once('close', (code, signal) => {
      resolve(`${name} ended (${signal ?? `exit code ${code ?? ''}`})`)
    })
  })
}

function readyLine(
  { stdout, stderr }: ChildProcess,
  ended: Promise<string>,
  { name, ready, readyTimeoutMs, onLine, signal }: ChildOptions,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const lastLines: string[] = []
    const timer = setTimeout(() => {
      fail(`${name} is not ready after ${readyTimeoutMs / 1_000} s`)
    }, readyTimeoutMs)
    const giveUp = (): void => {
      fail(`${name} is not wanted any more`)
    }
    const settle = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', giveUp)
    }
    const fail = (reason: string): void => {
      settle()
      reject(new Error([`${reason}; its last lines:`, ...lastLines].join('\n  ')))
    }
    if (signal.aborted) giveUp()
    signal.addEventListener('abort', giveUp)
    void ended.then(fail)
    for (const input of [stdout, stderr]) {
      if (!input) continue
      createInterface({ input }).on('line', (line) => {
        lastLines.push(line)
        if (lastLines.length > KEPT_LINES) lastLines.shift()
        if (ready.test(line)) {
          settle()
          resolve(line)
        }
        onLine(line)
      })
    }
  })
}
