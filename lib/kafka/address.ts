/** Where a broker listens. */
export interface Address {
  /** A name, or an IP address without brackets. */
  readonly host: string
  readonly port: number
}

/** `host:port`, with brackets around an IPv6 address. */
export function addressText({ host, port }: Address): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}
