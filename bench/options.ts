import { parseArgs } from 'node:util'
import type { Case } from './case'
import type { Form } from './report'

/** What the command line asks for. */
export interface BenchOptions {
  readonly cases: readonly Case[]
  readonly isQuick: boolean
  /** Milliseconds that the far link adds to each round trip. */
  readonly rtt: number
  readonly form: Form
}

/** The command line makes no sense; the message is one clear line. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

const LONGEST_RTT = 1_000

/** @returns `help` if that is all that is asked for */
export function parseOptions(args: readonly string[], all: readonly Case[]): BenchOptions | 'help' {
  const flags = parse(args)
  if (flags.help) return 'help'
  const rtt = Number(flags.rtt)
  if (!(rtt >= 0 && rtt <= LONGEST_RTT)) {
    throw new UsageError(`--rtt: milliseconds from 0 to ${LONGEST_RTT}, not ${flags.rtt}`)
  }
  return {
    cases: flags.case === undefined ? selected(all, flags) : named(all, flags.case),
    isQuick: flags.quick,
    rtt,
    form: flags.json ? 'json' : 'table',
  }
}

interface Flags {
  readonly case?: string | undefined
  readonly quick: boolean
  readonly peers: boolean
  readonly json: boolean
  readonly rtt: string
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
        rtt: { type: 'string', default: '30' },
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
  const found = all.filter((one) => one.name === name)
  if (found.length > 0) return found
  throw new UsageError(`no case ${name}; there are ${all.map((one) => one.name).join(', ')}`)
}

export function help(all: readonly Case[]): string {
  return `How fast the nodes are, beside stock kafkajs on the same machine in the same minutes.

  npm run bench -- [options]     all cases, in less than 20 minutes
  npm run bench:quick            some of them, with fewer records and rounds

Options
  --case <name>   this one only
  --peers         other Node-RED nodes and other clients as well; fetches them
  --rtt <ms>      what the far link adds to each round trip (default 30)
  --json          one JSON object: {machine, cases: [{name, ours, reference, ratio, wanted, ok}]}
  --quick         what bench:quick does
  --help

Cases
${all.map(({ name, rows }) => `  ${name.padEnd(14)}${rows[0]?.title ?? ''}`).join('\n')}
`
}
