import { endpointOfRegion } from './regions'

/** Ports of SLS's Kafka-compatible endpoint (sls.aliyun.com, "Kafka consumption"). */
export const PUBLIC_PORT = 10012
export const INTRANET_PORT = 10011

export interface Address {
  readonly host: string
  readonly port: number
}

export interface EndpointInput {
  readonly endpoint: string
  readonly project: string
  /** Empty: taken from the endpoint if it has one, else derived from it. */
  readonly port?: number | undefined
}

/**
 * Where a project's Kafka endpoint is. Forgiving: a pasted `https://`, a path, a port, the project's
 * own prefix and a region's id instead of its endpoint are understood. Null if no host name is left.
 */
export function projectAddress(input: EndpointInput): Address | null {
  const pasted = parseEndpoint(input.endpoint)
  if (!pasted) return null
  const prefix = `${input.project}.`
  const host = pasted.host.startsWith(prefix) ? pasted.host.slice(prefix.length) : pasted.host
  const endpoint = endpointOfRegion(host) ?? host
  const port = input.port ?? pasted.port ?? defaultPort(endpoint)
  return { host: prefix + endpoint, port }
}

/** `host:port`, as it is typed for a proxy, a private link or the local endpoint. */
export function parseBootstrap(text: string): Address | null {
  const parsed = parseIPv6(text) ?? parseEndpoint(text)
  return parsed?.port === undefined ? null : { host: parsed.host, port: parsed.port }
}

/**
 * `[::1]:10012`. The brackets may be missing where the whole is no address itself, because its last
 * group would be a port of five digits, or the ninth.
 */
function parseIPv6(text: string): Address | null {
  const match = /^(?:[a-z]+:\/\/)?(?:\[(.+)\]|([^[\]/]+)):(\d+)\/?$/i.exec(text.trim())
  const [, bracketed, bare = '', digits = ''] = match ?? []
  const host = (bracketed ?? bare).toLowerCase()
  const port = Number(digits)
  const isClear = bracketed !== undefined || !isIPv6(`${bare}:${digits}`)
  return isClear && isIPv6(host) && isPort(port) ? { host, port } : null
}

/** Without node:net, because edit dialogs apply the same rule. A link-local address may name its zone. */
function isIPv6(host: string): boolean {
  if (!host.includes(':')) return false
  try {
    return new URL(`http://[${host.replace(/%[\w.-]+$/, '')}]/`).hostname !== ''
  } catch {
    return false
  }
}

/** A host as it stands before `:port`. */
export function hostText(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}

/** A host name may have underscores: Docker names services so. */
export function parseEndpoint(text: string): { host: string; port?: number } | null {
  const match = /^(?:[a-z]+:\/\/)?([a-z0-9_][a-z0-9_.-]*)(?::(\d+))?(?:\/.*)?$/i.exec(text.trim())
  const host = match?.[1]?.toLowerCase()
  if (!host) return null
  if (match?.[2] === undefined) return { host }
  const port = Number(match[2])
  return isPort(port) ? { host, port } : null
}

export function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65535
}

/** Intranet endpoints (`-intranet`, and the newer `-internal`) answer on a port of their own. */
export function defaultPort(endpoint: string): number {
  return isIntranet(endpoint) ? INTRANET_PORT : PUBLIC_PORT
}

export function isIntranet(endpoint: string): boolean {
  return /-(intranet|internal)\./.test(endpoint)
}
