import { once } from 'node:events'
import { runCommand } from '../shared/command-line'
import { Resources } from '../shared/resources'
import { seconds } from './action'
import { Chaos, planLine, type ChaosResult } from './chaos'
import { growthLine } from './growth'
import { HELP, parseCommandLine, type ChaosOptions } from './options'

const EXIT_BROKEN = 1
const EXIT_INTERRUPTED = 130
const MOST_BREACHES = 20
/** The part of the plan that is shown around a breach. */
const BEFORE_MS = 20_000
const AFTER_MS = 2_000

async function main(options: ChaosOptions): Promise<number> {
  const resources = new Resources()
  const interrupted = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
  try {
    const running = Chaos.run(options, resources, print)
    running.catch(() => undefined) // `race` rejects with it, unless the run was interrupted
    const result = await Promise.race([running, interrupted.then(() => null)])
    if (result) return report(options, result)
    print('interrupted')
    return EXIT_INTERRUPTED
  } finally {
    await resources.end()
  }
}

/** The exit code. */
function report({ seed }: ChaosOptions, result: ChaosResult): number {
  const { breaches, delivered, lost, repeated, commitsBeyond, copied, copiedAgain } = result
  for (const line of storyOf(result)) print(line)
  if (result.growths.length > 0) print('growth from the second to the last quarter of the samples:')
  for (const growth of result.growths) print(`  ${growthLine(growth)}`)
  print(
    `after ${seconds(Date.now() - result.startedAt)}: ${result.commits} commits, ` +
      `${result.retried} retries because the flow had failed`,
  )
  print(`${copied} records written by the flows, ${copiedAgain} of them stored again`)
  print(
    `seed ${seed}: ${delivered} delivered, ${lost} lost, ${repeated} repeated, ` +
      `${commitsBeyond} commits beyond an unacknowledged record`,
  )
  return breaches.length === 0 ? 0 : EXIT_BROKEN
}

/** The breaches, and the steps of the plan around them, in the order of time. */
function storyOf({ breaches, plan, startedAt }: ChaosResult): string[] {
  const shown = breaches
    .map(({ at, text }) => ({ at: at - startedAt, text }))
    .sort((a, b) => a.at - b.at)
    .slice(0, MOST_BREACHES)
  const steps = plan.filter((step) =>
    shown.some(({ at }) => step.at > at - BEFORE_MS && step.at < at + AFTER_MS),
  )
  const lines = [
    ...steps.map((step) => ({ at: step.at, line: planLine(step) })),
    ...shown.map(({ at, text }) => ({ at, line: `${seconds(at).padStart(8)}  broken: ${text}` })),
  ].sort((a, b) => a.at - b.at)
  const more = breaches.length - shown.length
  return [...lines.map(({ line }) => line), ...(more > 0 ? [`and ${more} more breaches`] : [])]
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

void runCommand({ help: HELP, parse: parseCommandLine, run: main, hasStackTraces: true }).then(() =>
  // An interrupted run can still be starting processes; each of them ends with this process.
  process.exit(),
)
