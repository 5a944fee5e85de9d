import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { runCommand, UsageError } from '../../tools/shared/command-line'
import { certificateIn } from '../../tools/emulator/certificate-folder'
import { ALL_CASES, SHORT_CASES } from './cases'
import type { FaultCase } from './fault-case'
import { HELP, parseCommandLine, type FaultOptions } from './options'
import { runCase } from './run-case'
import { isPassing, summaryOf, type CaseResult } from './summary'

const EXIT_BROKEN = 1
/** From here on the process was too busy for bounds of a second; shown, and not judged. */
const SLOW_LOOP_MS = 500
/** Between the starts of cases, so that their logins and certificates do not come all at once. */
const START_APART_MS = 300

/** Exceptions that no one caught: in Node-RED each would end the process. */
const uncaught: string[] = []

async function main(options: FaultOptions): Promise<number> {
  const cases = chosen(options)
  if (cases.length === 0) throw new UsageError(`no case contains "${options.only.join('" or "')}"`)
  for (const event of ['uncaughtException', 'unhandledRejection']) {
    process.on(event, (error: unknown) => {
      uncaught.push(error instanceof Error ? (error.stack ?? error.message) : String(error))
    })
  }
  const certificates = await mkdtemp(join(tmpdir(), 'faults-'))
  // Made once before the cases, because all of them read the same files, and keys take long to make.
  await certificateIn(certificates, 'localhost')
  const loop = monitorEventLoopDelay()
  loop.enable()
  try {
    const results = await runAll(cases, options.parallel, certificates)
    const slowestMs = Math.round(loop.max / 1e6)
    if (slowestMs > SLOW_LOOP_MS) print(`\nthe event loop was blocked for up to ${slowestMs} ms`)
    const all = [...results, ...uncaught.map(uncaughtResult)]
    for (const line of summaryOf(all)) print(line)
    return all.every(isPassing) ? 0 : EXIT_BROKEN
  } finally {
    await rm(certificates, { recursive: true, force: true })
  }
}

function chosen({ isShort, only }: FaultOptions): readonly FaultCase[] {
  const cases = isShort ? SHORT_CASES : ALL_CASES
  if (only.length === 0) return cases
  const texts = only.map((text) => text.toLowerCase())
  return cases.filter(({ name }) => texts.some((text) => name.toLowerCase().includes(text)))
}

/** Runs so many cases at the same time; each of them mostly waits. */
async function runAll(
  cases: readonly FaultCase[],
  parallel: number,
  certificates: string,
): Promise<CaseResult[]> {
  const waiting = [...cases]
  const results: CaseResult[] = []
  const work = async (startAfterMs: number): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, startAfterMs))
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const beganMs = performance.now()
      const result = await resultOf(next, certificates)
      results.push(result)
      const seconds = Math.round((performance.now() - beganMs) / 1000)
      const count = `${results.length}/${cases.length}`.padStart(8)
      print(`${count}  ${isPassing(result) ? 'ok    ' : 'broken'}  ${next.name} (${seconds} s)`)
    }
  }
  await Promise.all(
    Array.from({ length: Math.min(parallel, cases.length) }, (_, worker) =>
      work(worker * START_APART_MS),
    ),
  )
  return results
}

async function resultOf(faultCase: FaultCase, certificates: string): Promise<CaseResult> {
  const { name } = faultCase
  try {
    return { name, broken: await runCase(faultCase, certificates), error: null }
  } catch (error) {
    return { name, broken: [], error: error instanceof Error ? error.message : String(error) }
  }
}

function uncaughtResult(error: string): CaseResult {
  return { name: 'uncaught exception', broken: [], error }
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

void runCommand({ help: HELP, parse: parseCommandLine, run: main, hasStackTraces: true }).then(() =>
  process.exit(),
)
