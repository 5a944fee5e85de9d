// `npm run bench`: see help in options.ts.
import { Resources } from '../test/support/resources'
import { CASES } from './cases'
import { help, parseOptions, UsageError, type BenchOptions } from './options'
import { format, thisMachine } from './report'
import { run } from './run'

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2), CASES)
  if (options === 'help') process.stdout.write(help(CASES))
  else process.stdout.write(format(await measure(options), options.form))
}

async function measure(options: BenchOptions): Promise<Parameters<typeof format>[0]> {
  const resources = new Resources()
  try {
    const cases = await run(options, resources, (line) => {
      process.stderr.write(`${line}\n`)
    })
    return { machine: thisMachine(), cases }
  } finally {
    await resources.end()
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof UsageError ? error.message : error)
  process.exitCode = 1
})
