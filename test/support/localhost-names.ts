import dns from 'node:dns'

type Lookup = (name: string, ...rest: unknown[]) => unknown

/**
 * Resolves names below `.localhost` to this machine, as RFC 6761 asks and not every resolver does. Only for
 * this process.
 *
 * @returns a function that undoes it
 */
export function resolveLocalhostNames(): () => void {
  const { lookup } = dns
  const { lookup: promised } = dns.promises
  dns.lookup = local(lookup as unknown as Lookup) as unknown as typeof dns.lookup
  dns.promises.lookup = local(promised) as typeof dns.promises.lookup
  return () => {
    dns.lookup = lookup
    dns.promises.lookup = promised
  }
}

function local(lookup: Lookup): Lookup {
  const found: Lookup = (name, ...rest) =>
    lookup(name.endsWith('.localhost') ? '127.0.0.1' : name, ...rest)
  return Object.assign(found, lookup)
}
