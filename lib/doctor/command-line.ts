import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { compileConsumerOptions, type ConsumerOptions } from '../config/consumer-options'
import type { Problem } from '../config/problem'
import { compileProjectOptions, type TlsOptions } from '../config/project-options'
import {
  ACCESS_KEY_ID_VARIABLE,
  ACCESS_KEY_SECRET_VARIABLE,
  chooseAccessKey,
} from '../sls/credentials'

export type Environment = Readonly<Record<string, string | undefined>>

/** The parsed command line. */
export interface DoctorOptions {
  readonly consumer: ConsumerOptions
  /** The group to describe; null if none was given. */
  readonly group: string | null
  readonly isJson: boolean
}

/** The command line is invalid. Has keys of texts and no texts, because the caller chooses the language. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  readonly problems: readonly UsageProblem[]

  constructor(problems: readonly UsageProblem[]) {
    super(problems.map(({ key }) => key).join())
    this.problems = problems
  }
}

/** One problem of a command line. */
export interface UsageProblem {
  /** Key of the text in the catalogue. */
  readonly key: string
  /** Values for the placeholders of the text. */
  readonly values: Readonly<Record<string, string | number>>
}

const FLAGS = {
  project: { type: 'string' },
  endpoint: { type: 'string' },
  logstore: { type: 'string' },
  port: { type: 'string' },
  bootstrap: { type: 'string' },
  'server-name': { type: 'string' },
  ca: { type: 'string' },
  group: { type: 'string' },
  lang: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

type Flags = ReturnType<typeof parseFlags>

/** A group that satisfies the rules of the nodes. It is never used. */
const NO_GROUP = 'none'
const LANGUAGES = ['en', 'zh']
const CERTIFICATE = '-----BEGIN CERTIFICATE-----'
/** Options that could carry an AccessKey. Other users of the machine would see it in the list of processes. */
const SECRET_OPTION = /key|secret|passw|token|\bak\b|\bsk\b/i

/** Reads only `--lang`, also from an invalid command line. */
export function wantedLanguage(args: readonly string[]): string | undefined {
  const { values } = parseArgs({ args: [...args], options: FLAGS, strict: false })
  return typeof values.lang === 'string' ? values.lang : undefined
}

/** Parses a command line. @returns null for `--help` @throws UsageError */
export function parseCommandLine(
  args: readonly string[],
  environment: Environment,
): DoctorOptions | null {
  const flags = parseFlags(args)
  if (flags.help) return null
  if (flags.lang !== undefined && !LANGUAGES.includes(flags.lang)) {
    throw usage('lang', { value: flags.lang })
  }
  if (!chooseAccessKey({ id: '', secret: '' }, environment)) throw accessKeyMissing(environment)
  return {
    consumer: compile(flags, environment),
    group: flags.group ?? null,
    isJson: flags.json,
  }
}

function parseFlags(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: FLAGS, strict: true }).values
  } catch (error) {
    const { code, message } = error as { code?: string; message: string }
    // The message is not shown, because an argument in a wrong place can be a secret.
    const option = /'(--?[\w-]+)/.exec(message)?.[1] ?? ''
    if (SECRET_OPTION.test(option)) throw usage('secret-on-command-line', { option })
    if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') throw usage('unknown-option', { option })
    if (code === 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE') throw usage('option-value', { option })
    throw usage('argument')
  }
}

/** Compiles the options by the rules of the nodes. */
function compile(flags: Flags, environment: Environment): ConsumerOptions {
  const { project, endpoint, port, bootstrap, logstore, group = NO_GROUP } = flags
  const serverName = flags['server-name']
  const compiled = compileProjectOptions(
    { project, endpoint, port, bootstrap, serverName },
    tlsOf(flags.ca),
    environment,
  )
  const isProjectKnown = 'options' in compiled
  const consumer = compileConsumerOptions(
    { logstore, group },
    isProjectKnown ? compiled.options : ({} as ConsumerOptions['project']),
  )
  if (isProjectKnown && 'options' in consumer) return consumer.options
  const problems = [compiled, consumer].flatMap((one) => ('problems' in one ? one.problems : []))
  throw new UsageError(problems.map(settingProblem))
}

function settingProblem({ field, reason, params }: Problem): UsageProblem {
  // A problem of an environment variable names the variable.
  const flag = field === 'serverName' ? 'server-name' : field
  const values = { ...params, field: flag in FLAGS ? `--${flag}` : field }
  return { key: `sls-kafka-in.problems.${reason}`, values }
}

function tlsOf(file: string | undefined): TlsOptions {
  if (file === undefined) return {}
  let ca: string
  try {
    ca = readFileSync(file, 'utf8')
  } catch (error) {
    throw usage('ca-unreadable', { file, code: (error as { code?: string }).code ?? '' })
  }
  // Node.js ignores a file without certificates, and would then reject the service.
  if (!ca.includes(CERTIFICATE)) throw usage('ca-no-certificate', { file })
  return { ca }
}

function accessKeyMissing(environment: Environment): UsageError {
  const names = [ACCESS_KEY_ID_VARIABLE, ACCESS_KEY_SECRET_VARIABLE]
  const missing = names.filter((name) => !environment[name]?.trim())
  return missing.length === names.length
    ? usage('no-access-key', { id: ACCESS_KEY_ID_VARIABLE, secret: ACCESS_KEY_SECRET_VARIABLE })
    : usage('half-access-key', { missing: missing.join() })
}

function usage(key: string, values: UsageProblem['values'] = {}): UsageError {
  return new UsageError([{ key: `doctor.usage.${key}`, values }])
}
