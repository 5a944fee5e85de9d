import { generate } from 'selfsigned'

export interface Certificate {
  /** PEM; it is its own certificate authority. */
  readonly cert: string
  /** PEM, PKCS #8. */
  readonly key: string
}

/** A certificate for the loopback names and for a project whose endpoint is localhost. */
export async function createCertificate(project: string): Promise<Certificate> {
  const pems = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'rsa',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, digitalSignature: true, keyEncipherment: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          // Named in full: clients take no wildcard directly below a top-level domain.
          { type: 2, value: `${project}.localhost` },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  })
  return { cert: pems.cert, key: pems.private }
}
