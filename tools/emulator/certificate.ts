import { isIP } from 'node:net'
import { generate } from 'selfsigned'

export interface Certificate {
  /** PEM: what clients have to trust. */
  readonly ca: string
  /** PEM: certificate of the server. */
  readonly cert: string
  /** PEM: private key of the server. */
  readonly key: string
}

const VALID_DAYS = 365
const DNS_NAME = 2
const IP_ADDRESS = 7
const LOCAL_NAMES = ['localhost', '*.localhost', '127.0.0.1', '::1']

/** Makes a certificate authority and a certificate for this machine and `host`, which clients are sent to. */
export async function makeCertificate(host: string): Promise<Certificate> {
  const now = Date.now()
  const validity = {
    algorithm: 'sha256',
    keyType: 'ec',
    notBeforeDate: new Date(now - 24 * 3600_000), // clocks differ
    notAfterDate: new Date(now + VALID_DAYS * 24 * 3600_000),
  } as const
  const authority = await generate([{ name: 'commonName', value: 'SLS Kafka emulator CA' }], {
    ...validity,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  })
  const names = [...new Set([...LOCAL_NAMES, host])]
  const server = await generate([{ name: 'commonName', value: 'localhost' }], {
    ...validity,
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: names.map((name) =>
          isIP(name) ? { type: IP_ADDRESS, ip: name } : { type: DNS_NAME, value: name },
        ),
      },
    ],
  })
  return { ca: authority.cert, cert: server.cert, key: server.private }
}
