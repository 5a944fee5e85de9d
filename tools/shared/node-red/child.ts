import type { ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { Journal } from './journal'

export interface ExitStatus {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A child process whose output is kept and can be waited on. */
export interface Child {
  readonly process: ChildProcess
  /** Everything on stdout and stderr so far. */
  readonly lines: readonly string[]
  /** Resolves, never rejects, when the process has ended and its output has been read. */
  readonly exited: Promise<ExitStatus>
  /** The first line at or after index `from` (default 0) that matches, present or future. */
  waitForLine(pattern: RegExp | string, timeoutMs: number, from?: number): Promise<string>
  waitForExit(timeoutMs: number): Promise<ExitStatus>
  /** For error messages: what was waited for, and the last lines of output. */
  explain(wanted: string): string
}

const LINES_IN_ERRORS = 30

/**
 * @param name of the program, for error messages
 * @param cleanUp runs when the process has ended, also when this process exits before it
 */
export function superviseChild(name: string, child: ChildProcess, cleanUp: () => void): Child {
  const lines = new Journal<string>()
  const exits = new Journal<ExitStatus>()
  const explain = (wanted: string): string =>
    [`waited for ${wanted}; last output:`, ...lines.entries.slice(-LINES_IN_ERRORS)].join('\n  ')

  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue
    createInterface({ input: stream }).on('line', (line) => {
      lines.append(line)
    })
  }

  process.once('exit', cleanUp)
  const exited = ended(name, child).then(({ status, reason }) => {
    process.removeListener('exit', cleanUp)
    cleanUp()
    lines.end(reason)
    exits.append(status)
    return status
  })

  return {
    process: child,
    lines: lines.entries,
    exited,
    waitForLine: (pattern, timeoutMs, from) =>
      lines.waitFor(
        (line) =>
          typeof pattern === 'string' ? line.includes(pattern) : line.search(pattern) >= 0,
        timeoutMs,
        () => explain(`the line ${String(pattern)}`),
        from,
      ),
    waitForExit: (timeoutMs) =>
      exits.waitFor(
        () => true,
        timeoutMs,
        () => explain(`the end of ${name}`),
      ),
    explain,
  }
}

function ended(name: string, child: ChildProcess): Promise<{ status: ExitStatus; reason: Error }> {
  return new Promise((resolve) => {
    child.once('error', (cause) => {
      const reason = new Error(`${name} cannot be started, ${cause.message}`, { cause })
      resolve({ status: { code: null, signal: null }, reason })
    })
    child.once('close', (code, signal) => {
      const reason = new Error(`${name} ended (${signal ?? `exit code ${String(code)}`})`)
      resolve({ status: { code, signal }, reason })
    })
  })
}
