/**
 * What is wrong with one setting. A code with parameters and not a text, because runtime and edit
 * dialog say the same thing in different languages.
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
