import { parseArgs } from 'node:util'
import type { Case } from './case'
import type { Form } from './report'

/** What the command line asks for. */
export interface BenchOptions {
  readonly cases: readonly Case[]
  readonly isQuick: boolean
  readonly form: Form
}

/** The command line makes no sense; the message is one clear line. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** @returns `help` if that is all that is asked for */
export function parseOptions(args: readonly string[], all: readonly Case[]): BenchOptions | 'help' {
  const flags = parse(args)
  if (flags.help) return 'help'
  return {
    cases: flags.case === undefined ? selected(all, flags) : named(all, flags.case),
    isQuick: flags.quick,
    form: flags.json ? 'json' : 'table',
  }
}

interface Flags {
  readonly case?: string | undefined
  readonly quick: boolean
  readonly peers: boolean
  readonly json: boolean
  readonly help: boolean
}

function parse(args: readonly string[]): Flags {
  try {
    return parseArgs({
      args: [...args],
      options: {
        case: { type: 'string' },
        quick: { type: 'boolean', default: false },
        peers: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

function selected(all: readonly Case[], { quick, peers }: Flags): Case[] {
  if (quick) return all.filter(({ kind }) => kind === 'quick')
  return all.filter(({ kind }) => peers || kind !== 'peers')
}

function named(all: readonly Case[], name: string): Case[] {
  const exact = all.filter((one) => one.name === name)
  const found = exact.length > 0 ? exact : all.filter((one) => one.name.startsWith(`${name}-`))
  if (found.length > 0) return found
  throw new UsageError(`no case ${name}; there are ${all.map((one) => one.name).join(', ')}`)
}

export function help(all: readonly Case[]): string {
  return `How fast the nodes are, beside stock kafkajs on the same machine in the same minutes.

  npm run bench -- [options]     all cases, in about 25 minutes
  npm run bench:quick            some of them, with fewer records and rounds

Options
  --case <name>   this one only, or all whose names begin with <name>-, such as ack
  --peers         other Node-RED nodes and other clients as well; fetches them
  --json          one JSON object: {machine, cases: [{name, ours, reference, ratio, wanted, ok}]}
  --quick         what bench:quick does
  --help

Cases
${all.map(({ name, rows }) => `  ${name.padEnd(18)}${rows[0]?.title ?? ''}`).join('\n')}
`
}
