// `npm run bench`: see help in options.ts.
import { runCommand } from '../shared/command-line'
import { Resources } from '../shared/resources'
import { CASES } from './cases'
import { help, parseCommandLine, type BenchOptions } from './options'
import { format, thisMachine } from './report'
import { run } from './run'

async function main(options: BenchOptions): Promise<number> {
  process.stdout.write(format(await measure(options), options.form))
  return 0
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

void runCommand({
  help: help(CASES),
  parse: (args) => parseCommandLine(args, CASES),
  run: main,
  hasStackTraces: true,
})
