#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseCommandLine, UsageError, wantedLanguage } from './command-line'
import { examine } from './examine'
import { Progress } from './progress'
import { textReport } from './text-report'
import type { Translate } from '../translate'
import { textsIn } from './texts'
import { languageOf } from '../language'

const EXIT_FAILED = 1
const EXIT_USAGE = 2

async function main(args: readonly string[], translate: Translate): Promise<void> {
  const options = parseCommandLine(args, process.env)
  if (!options) {
    print(translate('doctor.help'))
    return
  }
  const progress = new Progress(process.stderr, translate)
  const onProgress = progress.show.bind(progress)
  const report = await examine(options, { version: version(), translate, onProgress })
  progress.clear()
  print(options.isJson ? JSON.stringify(report, null, 2) : textReport(report, translate))
  if (report.outcome === 'failed') process.exitCode = EXIT_FAILED
}

/** The version of the package. `package.json` is three folders above the compiled file. */
function version(): string {
  const manifest = readFileSync(join(__dirname, '..', '..', '..', 'package.json'), 'utf8')
  return (JSON.parse(manifest) as { version: string }).version
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

function explain(error: unknown, translate: Translate): void {
  if (!(error instanceof UsageError)) throw error
  const lines = error.problems.map(({ key, values }) => translate(key, values))
  process.stderr.write(`${[...lines, translate('doctor.usage.help')].join('\n')}\n`)
  process.exitCode = EXIT_USAGE
}

const args = process.argv.slice(2)
const translate = textsIn(languageOf(wantedLanguage(args), process.env))
// A closed pipe, for example behind `head`, is no error.
process.stdout.on('error', () => undefined)
main(args, translate).catch((error: unknown) => {
  explain(error, translate)
})
