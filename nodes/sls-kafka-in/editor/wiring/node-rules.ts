import type { GraphNode } from './flow-graph'

/** The rule of a Switch node, as a flow saves it. */
interface SwitchRule {
  readonly t?: unknown
  readonly v?: unknown
  readonly vt?: unknown
}

/** Whether the node is meant to drop messages, which are then never acknowledged. */
export function doesNotSeeAll({ type, drop }: GraphNode): boolean {
  return type === 'rbe' || (type === 'delay' && drop === true)
}

/** Whether the node sends a second message later, of which the ack knows nothing. */
export function sendsTwice({ type, op2type }: GraphNode): boolean {
  return type === 'trigger' && op2type !== 'nul'
}

/** Why a Switch may send a message at no output, or at two of them. */
export function switchDoubt(node: GraphNode): ('no-otherwise' | 'checks-all')[] {
  const rules = Array.isArray(node.rules) ? (node.rules as SwitchRule[]) : []
  const others = rules.filter(({ t }) => t !== 'else')
  const hasOtherwise = others.length < rules.length || isOneOf(COMPLEMENTS, others)
  const checksAll = node.checkall !== 'false' && node.checkall !== false
  return [
    ...(hasOtherwise ? [] : (['no-otherwise'] as const)),
    ...(checksAll && !isExclusive(others) ? (['checks-all'] as const) : []),
  ]
}

/** Pairs of rules of which exactly one matches any value. */
const COMPLEMENTS = ['nnull,null']
/** Pairs of rules that never match together; neither matches a value of another type. */
const OPPOSITES = [...COMPLEMENTS, 'false,true', 'empty,nempty']

/** Whether at most one of the rules can match. */
function isExclusive(rules: readonly SwitchRule[]): boolean {
  if (rules.length < 2 || isOneOf(OPPOSITES, rules)) return true
  const isConstant = rules.every(({ t, vt }) => t === 'eq' && (vt === 'str' || vt === 'num'))
  return isConstant && new Set(rules.map(({ v }) => String(v))).size === rules.length
}

function isOneOf(pairs: readonly string[], rules: readonly SwitchRule[]): boolean {
  return pairs.includes(
    rules
      .map(({ t }) => String(t))
      .sort()
      .join(),
  )
}
