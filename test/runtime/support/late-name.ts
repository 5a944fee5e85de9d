// Loaded into Node-RED before anything else (NODE_OPTIONS): a name that can be resolved only once the
// file exists that the environment variable LATE_NAME_FILE names. It is an address of this machine.
import dns from 'node:dns'
import { existsSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

export const LATE_NAME = 'late-name.invalid'
export const LATE_NAME_FILE = 'LATE_NAME_FILE'

type Lookup = (name: string, ...rest: unknown[]) => unknown

const file = process.env[LATE_NAME_FILE]

if (file !== undefined) {
  const late = (lookup: Lookup): Lookup => {
    const found: Lookup = (name, ...rest) =>
      lookup(name === LATE_NAME && existsSync(file) ? 'localhost' : name, ...rest)
    return Object.assign(found, lookup)
  }
  dns.lookup = late(dns.lookup as unknown as Lookup) as unknown as typeof dns.lookup
  dns.promises.lookup = late(dns.promises.lookup) as typeof dns.promises.lookup
  syncBuiltinESMExports()
}
