import type { ErrorName } from '../emulator/protocol/error-codes'

/** The index of a process of the group, from 0, or all processes. */
export type Target = number | 'all'

/** Something that is done to processes, to the emulator, or to connections. */
export type Action =
  /** Deploys again: everything, the nodes of this package alone, or their tab. */
  | { readonly kind: 'redeploy-full'; readonly member: number }
  | { readonly kind: 'redeploy-nodes'; readonly member: number }
  | { readonly kind: 'redeploy-flows'; readonly member: number }
  /** Ends the process by SIGTERM, and starts it again later. */
  | { readonly kind: 'leave'; readonly member: number; readonly awayMs: number }
  /** Ends the process by SIGKILL, and starts it again later or at once. */
  | { readonly kind: 'crash'; readonly member: number; readonly awayMs: number }
  /** Closes all connections. */
  | { readonly kind: 'drop' }
  /** Makes connections half-open: they accept bytes, send nothing and stay open. */
  | { readonly kind: 'half-open'; readonly target: Target }
  /** Closes the listener and all connections. */
  | { readonly kind: 'outage'; readonly ms: number }
  /** Expires the sessions of members. */
  | { readonly kind: 'expire'; readonly target: Target }
  | { readonly kind: 'split'; readonly shard: number }
  | { readonly kind: 'merge'; readonly shard: number; readonly other: number }
  /** Refuses the next requests of an API. */
  | {
      readonly kind: 'error'
      readonly api: string
      readonly error: ErrorName
      readonly times: number
    }

export type Kind = Action['kind']

export type MemberAction = Extract<Action, { readonly member: number }>

/** The text of an action for people, who count processes from 1. */
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
      return `emulator off for ${seconds(action.ms)}`
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

/** A duration as `12.3 s`. */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}

function processes(target: Target): string {
  return target === 'all' ? 'all processes' : `process ${target + 1}`
}

function back(awayMs: number): string {
  return awayMs === 0 ? 'at once' : `after ${seconds(awayMs)}`
}
