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
  'endpoint',
  'region',
  'bootstrap',
  'access-key',
  'access-key-quotes',
  'certificate-check-off',
  'tls-config',
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
  'offset',
  'two-positions',
  'no-position',
] as const

export type ProblemReason = (typeof PROBLEM_REASONS)[number]
