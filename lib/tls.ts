import { X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import { checkServerIdentity, type ConnectionOptions, type PeerCertificate } from 'node:tls'
import { displayText, escapeControls } from './text'

/** TLS options that verify that the certificate belongs to `name`. @param name a host name or an IP address */
export function verifyingOptions(name: string): ConnectionOptions {
  return {
    // RFC 6066 forbids IP addresses as server names. Undefined also replaces one of a tls-config node.
    servername: isIP(name) ? undefined : name,
    rejectUnauthorized: true,
    // Node.js passes localhost instead of an IP address here if the socket was connected before.
    checkServerIdentity: (_host, certificate) => checkIdentity(name, certificate),
  }
}

/** The certificate is trusted, but was issued for other names than the expected one. */
export class OtherNameError extends Error {
  override readonly name = 'OtherNameError'
  readonly code = 'ERR_TLS_CERT_ALTNAME_INVALID'
  /** The names of the certificate, as a text that can be shown. */
  readonly issuedFor: string
  readonly expected: string

  constructor(issuedFor: string, expected: string) {
    super(`issued for ${issuedFor}, expected ${expected}`)
    this.issuedFor = issuedFor
    this.expected = expected
  }
}

/** More names of a certificate are not shown. */
const SHOWN_NAMES = 3

/**
 * Checks that a certificate belongs to a host, also for IPv6 addresses. Node.js 22.23 looks for an IPv6 address
 * among the host names of a certificate and never finds one. For IPv6, the parsed certificate is checked: its
 * names as text could be forged.
 *
 * @returns the error; undefined if the certificate belongs to the host
 */
export function checkIdentity(host: string, certificate: PeerCertificate): Error | undefined {
  const refusal = checkServerIdentity(host, certificate)
  if (!refusal) return undefined
  if (isIP(host) === 6 && new X509Certificate(certificate.raw).checkIP(host) !== undefined) {
    return undefined
  }
  return new OtherNameError(issuedFor(certificate), host)
}

/** The first names of a certificate. Node.js uses the common name only if there is no other name. */
function issuedFor({ subjectaltname = '', subject }: PeerCertificate): string {
  const names = subjectaltname
    .split(', ')
    .flatMap((entry) => /^(?:DNS|IP Address):(.+)$/.exec(entry)?.[1] ?? [])
  const all = names.length > 0 ? names : [subject.CN].flat().filter((name) => name !== undefined)
  const shown = all.slice(0, SHOWN_NAMES).map((name) => displayText(escapeControls(name)))
  return [...shown, ...(all.length > SHOWN_NAMES ? ['…'] : [])].join(', ') || '–'
}
