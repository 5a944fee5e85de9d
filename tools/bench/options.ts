import { parseFlags, UsageError } from '../shared/command-line'
import type { Case } from './case'
import type { Form } from './report'

/** The options of the command line. */
export interface BenchOptions {
  readonly cases: readonly Case[]
  readonly isQuick: boolean
  readonly form: Form
}

const FLAGS = {
  case: { type: 'string' },
  quick: { type: 'boolean', default: false },
  peers: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const

/** @returns null if the user asks for the help @throws UsageError */
export function parseCommandLine(
  args: readonly string[],
  all: readonly Case[],
): BenchOptions | null {
  const flags = parseFlags(args, FLAGS)
  if (flags.help) return null
  return {
    cases: flags.case === undefined ? selected(all, flags) : named(all, flags.case),
    isQuick: flags.quick,
    form: flags.json ? 'json' : 'table',
  }
}

function selected(
  all: readonly Case[],
  { quick, peers }: { quick: boolean; peers: boolean },
): Case[] {
  if (quick) return all.filter(({ kind }) => kind === 'quick')
  return all.filter(({ kind }) => peers || kind !== 'peers')
}

function named(all: readonly Case[], name: string): Case[] {
  const exact = all.filter((one) => one.name === name)
  const found = exact.length > 0 ? exact : all.filter((one) => one.name.startsWith(`${name}-`))
  if (found.length > 0) return found
  throw new UsageError(
    `there is no case ${name}; the cases are ${all.map((one) => one.name).join(', ')}`,
  )
}

export function help(all: readonly Case[]): string {
  return `Measures how fast the nodes are, compared with kafkajs on the same machine in the same minutes.

  npm run bench -- [options]     measure all cases, in about 20 minutes
  npm run bench:quick            measure some cases, with fewer records and rounds

Options
  --case <name>   only this case, or all cases whose names begin with <name>-, such as ack
  --peers         measure other Node-RED nodes and other clients too; downloads them
  --json          print one JSON object: {machine, cases: [{name, ours, reference, ratio, wanted, ok}]}
  --quick         the same as bench:quick
  --help

Cases
${all.map(({ name, rows }) => `  ${name.padEnd(18)}${rows[0]?.title ?? ''}`).join('\n')}
`
}
