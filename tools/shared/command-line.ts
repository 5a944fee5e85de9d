import { parseArgs, type ParseArgsConfig } from 'node:util'

const EXIT_FAILED = 1
const EXIT_USAGE = 2

/** The command line has a mistake; the message is one line. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** Something that a user starts in a terminal. */
export interface Command<Options> {
  readonly help: string
  /** Returns null if the user asks for the help. Throws UsageError. */
  readonly parse: (args: readonly string[]) => Options | null | Promise<Options | null>
  /** Resolves with the exit code. */
  readonly run: (options: Options) => Promise<number>
  /** Prints errors with their stack, for commands of developers; default: the message alone. */
  readonly hasStackTraces?: boolean
}

/** Runs a command with the arguments of this process, prints errors, and sets the exit code. */
export async function runCommand<Options>(command: Command<Options>): Promise<void> {
  try {
    const options = await command.parse(process.argv.slice(2))
    if (options === null) process.stdout.write(command.help)
    else process.exitCode = await command.run(options)
  } catch (error) {
    process.exitCode = error instanceof UsageError ? EXIT_USAGE : EXIT_FAILED
    process.stderr.write(`${errorText(error, command.hasStackTraces ?? false)}\n`)
  }
}

function errorText(error: unknown, hasStackTraces: boolean): string {
  if (!(error instanceof Error)) return String(error)
  if (error instanceof UsageError) return `${error.message} (--help lists the options)`
  return hasStackTraces ? (error.stack ?? error.message) : error.message
}

type Flags = NonNullable<ParseArgsConfig['options']>
type Values<T extends Flags> = ReturnType<typeof parseArgs<{ options: T }>>['values']

const HELP_FLAG = { help: { type: 'boolean', short: 'h', default: false } } as const

/** The values of the flags, and of `--help`, which every command has. Throws UsageError. */
export function parseFlags<const T extends Flags>(
  args: readonly string[],
  flags: T,
): Values<T & typeof HELP_FLAG> {
  try {
    return parseArgs({ args: [...args], options: { ...flags, ...HELP_FLAG } }).values
  } catch (error) {
    // Node.js goes on about positional arguments, which no command here takes.
    const [firstSentence = ''] = (error instanceof Error ? error.message : '').split(/\.\s/)
    throw new UsageError(firstSentence)
  }
}

/** Both ends are allowed. */
type Range<N> = readonly [min: N, max: N]

/** @returns undefined if the flag is not given @throws UsageError */
export function wholeNumber(flag: string, text: string, range: Range<number>): number
export function wholeNumber(
  flag: string,
  text: string | undefined,
  range: Range<number>,
): number | undefined
export function wholeNumber(
  flag: string,
  text: string | undefined,
  [min, max]: Range<number>,
): number | undefined {
  if (text === undefined) return undefined
  return Number(bigWholeNumber(flag, text, [BigInt(min), BigInt(max)]))
}

/** A whole number that can exceed 2^53. Throws UsageError. */
export function bigWholeNumber(flag: string, text: string, [min, max]: Range<bigint>): bigint {
  if (/^\d{1,19}$/.test(text) && BigInt(text) >= min && BigInt(text) <= max) return BigInt(text)
  throw new UsageError(
    `--${flag} takes a whole number from ${String(min)} to ${String(max)}, not "${text}"`,
  )
}

/** Throws UsageError. */
export function oneOf<Choice extends string>(
  flag: string,
  text: string,
  choices: readonly Choice[],
): Choice {
  const choice = choices.find((candidate) => candidate === text)
  if (choice !== undefined) return choice
  throw new UsageError(`--${flag} takes ${choices.join(' or ')}, not "${text}"`)
}
