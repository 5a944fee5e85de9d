import { once } from 'node:events'
import { Resources } from '../support/resources'
import { seconds } from './action'
import { Chaos, planLine, type ChaosResult } from './chaos'
import { HELP, parseCommandLine, UsageError, type ChaosOptions } from './options'

const EXIT_BROKEN = 1
const EXIT_USAGE = 2
const EXIT_INTERRUPTED = 130
const MOST_BREACHES = 20
/** What is shown of the plan around a breach. */
const BEFORE_MS = 20_000
const AFTER_MS = 2_000

async function main(): Promise<number> {
  const options = parseCommandLine(process.argv.slice(2))
  if (!options) {
    print(HELP)
    return 0
  }
  const resources = new Resources()
  const interrupted = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
  try {
    const running = Chaos.run(options, resources, print)
    running.catch(() => undefined) // told below, unless it was interrupted
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
  const { breaches, delivered, lost, repeated, commitsBeyond } = result
  for (const { at, text } of breaches.slice(0, MOST_BREACHES)) {
    const since = at - result.startedAt
    print(`broken: ${text}`)
    for (const step of result.plan) {
      if (step.at > since - BEFORE_MS && step.at < since + AFTER_MS) print(planLine(step))
    }
  }
  if (breaches.length > MOST_BREACHES) print(`and ${breaches.length - MOST_BREACHES} more`)
  print(
    `after ${seconds(Date.now() - result.startedAt)}: ${result.commits} commits, ` +
      `${result.retried} times tried again because the flow had failed`,
  )
  print(
    `seed ${seed}: ${delivered} delivered, ${lost} lost, ${repeated} repeated, ` +
      `${commitsBeyond} commits beyond an unacknowledged record`,
  )
  return breaches.length === 0 ? 0 : EXIT_BROKEN
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

main().then(
  // Ends what an interrupted run may still be starting: each child ends with this process.
  (code) => process.exit(code),
  (error: unknown) => {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
    process.stderr.write(`${error instanceof UsageError ? error.message : message}\n`)
    process.exit(error instanceof UsageError ? EXIT_USAGE : EXIT_BROKEN)
  },
)
