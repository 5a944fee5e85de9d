import { endpointOfRegion } from './regions'

/** Ports of SLS's Kafka-compatible endpoint (sls.aliyun.com, "Kafka consumption"). */
const PUBLIC_PORT = 10012
const INTRANET_PORT = 10011

export interface Address {
  readonly host: string
  readonly port: number
}

/** The typed settings that determine the address of a project. */
export interface EndpointInput {
  readonly endpoint: string
  readonly project: string
  /** If undefined, the port is read from the endpoint, or else is the default port of the endpoint. */
  readonly port?: number | undefined
}

/**
 * The address of a project's Kafka endpoint; null if the endpoint has no host name. Also accepts `https://`, a path, a
 * port, the project as prefix, and a region id instead of an endpoint.
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

/** Parses `host:port` of a proxy, a private link or the emulator; null for any other text. */
export function parseBootstrap(text: string): Address | null {
  const parsed = parseIPv6(text) ?? parseEndpoint(text)
  return parsed?.port === undefined ? null : { host: parsed.host, port: parsed.port }
}

/**
 * Parses `[::1]:10012`. The brackets can be missing if the whole text is not an IPv6 address itself: the port has five
 * digits or would be a ninth group.
 */
function parseIPv6(text: string): Address | null {
  const match = /^(?:[a-z]+:\/\/)?(?:\[(.+)\]|([^[\]/]+)):(\d+)\/?$/i.exec(text.trim())
  const [, bracketed, bare = '', digits = ''] = match ?? []
  const host = (bracketed ?? bare).toLowerCase()
  const port = Number(digits)
  const isClear = bracketed !== undefined || !isIPv6(`${bare}:${digits}`)
  return isClear && isIPv6(host) && isPort(port) ? { host, port } : null
}

/** Works without node:net, because edit dialogs use this rule. A link-local address can have a zone. */
function isIPv6(host: string): boolean {
  if (!host.includes(':')) return false
  try {
    return new URL(`http://[${host.replace(/%[\w.-]+$/, '')}]/`).hostname !== ''
  } catch {
    return false
  }
}

/** Formats a host for `host:port`: an IPv6 address gets brackets. */
export function hostText(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}

/** Parses a host, with an optional port. Host names can have underscores, because Docker's service names can. */
export function parseEndpoint(text: string): { host: string; port?: number } | null {
  const match = /^(?:[a-z]+:\/\/)?([a-z0-9_][a-z0-9_.-]*)(?::(\d+))?(?:\/.*)?$/i.exec(text.trim())
  const host = match?.[1]?.toLowerCase()
  if (!host) return null
  if (match?.[2] === undefined) return { host }
  const port = Number(match[2])
  return isPort(port) ? { host, port } : null
}

/** Whether a text is only a host name or an IP address. */
export function isHost(text: string): boolean {
  return isIPv6(text) || /^[a-z0-9_][a-z0-9_.-]*$/i.test(text)
}

export function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65535
}

/** The default port of an endpoint. Intranet endpoints (`-intranet`, and the newer `-internal`) have another port. */
export function defaultPort(endpoint: string): number {
  return isIntranet(endpoint) ? INTRANET_PORT : PUBLIC_PORT
}

export function isIntranet(endpoint: string): boolean {
  return /-(intranet|internal)\./.test(endpoint)
}
