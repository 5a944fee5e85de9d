import { isVariable } from './fields'

/** Most characters of each part, because names of hosts, flows and logstores can be long. */
const MAX_CHARACTERS = { host: 20, flow: 24, logstore: 40 } as const

/** The names from which a group is proposed. */
export interface GroupPlace {
  /** Name of the machine that runs Node-RED, perhaps with its domain. */
  readonly host: string
  /** Label of the tab. */
  readonly flow: string
  readonly logstore: string
}

/**
 * Proposes a group for a new node, `<host>-<flow>-<logstore>`, which differs between machines and flows.
 * Characters other than lowercase letters, digits and underscores become hyphens. Parts without legal
 * characters are left out. Returns an empty text without a logstore.
 *
 * @param taken groups of other nodes: two nodes with one group would share the records
 */
export function proposedGroup(place: GroupPlace, taken: readonly string[]): string {
  const logstore = isVariable(place.logstore) ? '' : part(place.logstore, MAX_CHARACTERS.logstore)
  if (logstore === '') return ''
  const [host = ''] = place.host.split('.')
  const parts = [part(host, MAX_CHARACTERS.host), part(place.flow, MAX_CHARACTERS.flow), logstore]
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
