import { isVariable } from './fields'

/** Characters of each part; what a host, a flow or a logstore is called may be long. */
const MAX_HOST = 20
const MAX_FLOW = 24
const MAX_LOGSTORE = 40

export interface GroupPlace {
  /** Of the machine that Node-RED runs on, perhaps with its domain. */
  readonly host: string
  /** Label of the tab. */
  readonly flow: string
  readonly logstore: string
}

/**
 * A group for a new node, `<host>-<flow>-<logstore>`: told from those of other machines and flows, and
 * readable in a list. What is no lowercase letter, digit or underscore becomes a hyphen; a part that has
 * none of them is left out. Empty as long as there is no logstore.
 *
 * @param taken groups that other nodes use: two that share one would share the records
 */
export function proposedGroup(place: GroupPlace, taken: readonly string[]): string {
  const logstore = isVariable(place.logstore) ? '' : part(place.logstore, MAX_LOGSTORE)
  if (logstore === '') return ''
  const [host = ''] = place.host.split('.')
  const parts = [part(host, MAX_HOST), part(place.flow, MAX_FLOW), logstore]
  const name = parts.filter((text) => text !== '').join('-')
  let proposal = name
  for (let count = 2; taken.includes(proposal); count++) proposal = `${name}-${count}`
  return proposal
}

function part(text: string, length: number): string {
  const legal = text.toLowerCase().replace(/[^a-z0-9_]+/g, '-')
  return trimmed(trimmed(legal).slice(0, length))
}

function trimmed(text: string): string {
  return text.replace(/^-+|-+$/g, '')
}
