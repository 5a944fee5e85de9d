import type { ErrorName } from '../../emulator/protocol/error-codes'

/** A process of the group, from 0; or all of them. */
export type Target = number | 'all'

/** What happens to the processes, to the endpoint, or between them. */
export type Action =
  /** Deploys everything, the `sls-kafka-in` alone, or its tab again. */
  | { readonly kind: 'redeploy-full'; readonly member: number }
  | { readonly kind: 'redeploy-nodes'; readonly member: number }
  | { readonly kind: 'redeploy-flows'; readonly member: number }
  /** SIGTERM, and started again after a time. */
  | { readonly kind: 'leave'; readonly member: number; readonly awayMs: number }
  /** SIGKILL, and started again after a time or at once. */
  | { readonly kind: 'crash'; readonly member: number; readonly awayMs: number }
  /** All connections are closed, without a word. */
  | { readonly kind: 'drop' }
  /** Connections take bytes, answer nothing more and never close. */
  | { readonly kind: 'half-open'; readonly target: Target }
  /** Nobody listens, all connections are closed. */
  | { readonly kind: 'outage'; readonly ms: number }
  /** Members are dropped from the group, as if they had been silent for too long. */
  | { readonly kind: 'expire'; readonly target: Target }
  | { readonly kind: 'split'; readonly shard: number }
  | { readonly kind: 'merge'; readonly shard: number; readonly other: number }
  /** The next requests of an API are refused. */
  | {
      readonly kind: 'error'
      readonly api: string
      readonly error: ErrorName
      readonly times: number
    }

export type Kind = Action['kind']

export type MemberAction = Extract<Action, { readonly member: number }>

/** As people say it; processes count from 1. */
export function textOf(action: Action): string {
  switch (action.kind) {
    case 'redeploy-full':
    case 'redeploy-nodes':
    case 'redeploy-flows':
      return `${processes(action.member)}: redeploy of type ${action.kind.slice('redeploy-'.length)}`
    case 'leave':
      return `${processes(action.member)}: SIGTERM, back ${back(action.awayMs)}`
    case 'crash':
      return `${processes(action.member)}: SIGKILL, back ${back(action.awayMs)}`
    case 'drop':
      return 'all connections closed'
    case 'half-open':
      return `${processes(action.target)}: connections half-open`
    case 'outage':
      return `endpoint away for ${seconds(action.ms)}`
    case 'expire':
      return `${processes(action.target)}: session expired`
    case 'split':
      return `shard ${action.shard} split`
    case 'merge':
      return `shards ${action.shard} and ${action.other} merged`
    case 'error':
      return `${action.api} refused with ${action.error}, ${action.times} times`
  }
}

/** As `12.3 s`. */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}

function processes(target: Target): string {
  return target === 'all' ? 'all processes' : `process ${target + 1}`
}

function back(awayMs: number): string {
  return awayMs === 0 ? 'at once' : `after ${seconds(awayMs)}`
}
