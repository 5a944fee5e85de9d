// Loaded into Node-RED before anything else (NODE_OPTIONS): a name that can be resolved only once the
// file exists that the environment variable LATE_NAME_FILE names. It is an address of this machine.
import dns from 'node:dns'
import { existsSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

export const LATE_NAME = 'late-name.invalid'
export const LATE_NAME_FILE = 'LATE_NAME_FILE'

type Lookup = (name: string, ...rest: unknown[]) => void

const lookup = dns.lookup as unknown as Lookup
const file = process.env[LATE_NAME_FILE]

if (file !== undefined) {
  const lateLookup: Lookup = (name, ...rest) => {
    lookup(name === LATE_NAME && existsSync(file) ? 'localhost' : name, ...rest)
  }
  dns.lookup = Object.assign(lateLookup, dns.lookup)
  syncBuiltinESMExports()
}
