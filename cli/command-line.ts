import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { compileConsumerOptions, type ConsumerOptions } from '../lib/config/consumer-options'
import type { Problem } from '../lib/config/problem'
import { compileProjectOptions, type TlsOptions } from '../lib/config/project-options'
import {
  ACCESS_KEY_ID_VARIABLE,
  ACCESS_KEY_SECRET_VARIABLE,
  chooseAccessKey,
} from '../lib/sls/credentials'

export type Environment = Readonly<Record<string, string | undefined>>

/** What the command line asks for. */
export interface DoctorOptions {
  readonly consumer: ConsumerOptions
  /** To be described; null where none was named. */
  readonly group: string | null
  readonly isJson: boolean
}

/** The command line makes no sense. Holds keys of texts and no text: the language is chosen outside. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  readonly problems: readonly UsageProblem[]

  constructor(problems: readonly UsageProblem[]) {
    super(problems.map(({ key }) => key).join())
    this.problems = problems
  }
}

export interface UsageProblem {
  readonly key: string
  readonly values: Readonly<Record<string, string | number>>
}

const FLAGS = {
  project: { type: 'string' },
  endpoint: { type: 'string' },
  logstore: { type: 'string' },
  port: { type: 'string' },
  bootstrap: { type: 'string' },
  ca: { type: 'string' },
  group: { type: 'string' },
  lang: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

type Flags = ReturnType<typeof parseFlags>

/** A group is compiled in any case, by the rules of the nodes; without one named it is never used. */
const NO_GROUP = 'none'
const LANGUAGES = ['en', 'zh']
const CERTIFICATE = '-----BEGIN CERTIFICATE-----'
/** An option by which somebody means to give an AccessKey: other users see it in the list of processes. */
const SECRET_OPTION = /key|secret|passw|token|\bak\b|\bsk\b/i

/** Only the language, of a command line that may be wrong otherwise. */
export function wantedLanguage(args: readonly string[]): string | undefined {
  const { values } = parseArgs({ args: [...args], options: FLAGS, strict: false })
  return typeof values.lang === 'string' ? values.lang : undefined
}

/** @returns null if only help is wanted @throws UsageError */
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
    // Never the whole message: what stands in a wrong place may be a secret.
    const option = /'(--?[\w-]+)/.exec(message)?.[1] ?? ''
    if (SECRET_OPTION.test(option)) throw usage('secret-on-command-line', { option })
    if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') throw usage('unknown-option', { option })
    if (code === 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE') throw usage('option-value', { option })
    throw usage('argument')
  }
}

/** By the rules of the nodes. */
function compile(flags: Flags, environment: Environment): ConsumerOptions {
  const { project, endpoint, port, bootstrap, logstore, group = NO_GROUP } = flags
  const compiled = compileProjectOptions(
    { project, endpoint, port, bootstrap },
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
  // A variable of the environment has its own name.
  const values = { ...params, field: field in FLAGS ? `--${field}` : field }
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
  // Node.js would ignore anything else, and refuse the service instead.
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
