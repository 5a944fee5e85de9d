import { X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import { checkServerIdentity, type ConnectionOptions, type PeerCertificate } from 'node:tls'

/** How every TLS connection makes sure that it reached what it dialled. @param name a host or an address */
export function verifiedAs(name: string): ConnectionOptions {
  return {
    // An address may not be asked for by name (RFC 6066).
    ...(isIP(name) ? {} : { servername: name }),
    rejectUnauthorized: true,
    checkServerIdentity: checkIdentity,
  }
}

/**
 * Node.js 22.23 looks for an IPv6 address among the names of a certificate, where it never is: there the
 * certificate itself is asked, and not its names as text, which a stranger could have made up.
 */
export function checkIdentity(host: string, certificate: PeerCertificate): Error | undefined {
  const refusal = checkServerIdentity(host, certificate)
  if (!refusal || isIP(host) !== 6) return refusal
  const isForAddress = new X509Certificate(certificate.raw).checkIP(host) !== undefined
  return isForAddress ? undefined : refusal
}
