/**
 * The problem of one setting: a code with parameters and no text, because runtime and edit dialog can use
 * different languages.
 */
export interface Problem {
  readonly field: string
  readonly reason: ProblemReason
  readonly params?: Readonly<Record<string, string | number>>
}

export const PROBLEM_REASONS = [
  'missing',
  'node-missing',
  'not-text',
  'variable-not-set',
  'variable-in-text',
  'project-name',
  'logstore-name',
  'virtual-topic',
  'endpoint',
  'region',
  'bootstrap',
  'server-name',
  'access-key',
  'access-key-quotes',
  'certificate-check-off',
  'tls-config',
  'field-name',
  'number',
  'batch-over-in-flight',
  'choice',
  'time',
  'time-without-zone',
  'time-impossible',
  'time-seconds',
  'time-future',
  'shard',
  'whole-node',
  'not-for-writers',
  'offset',
  'two-positions',
  'no-position',
] as const

type ProblemReason = (typeof PROBLEM_REASONS)[number]
