import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Certificate } from './certificate'
import type { Release } from './releases'

/** A file with the private key and the certificate of a broker. */
export interface KeyStore {
  readonly type: Release['keyStore']
  readonly file: string
  /** Null for a file that is not encrypted. */
  readonly password: string | null
}

/** Any text of six characters or more; the folder is private. */
const PASSWORD = 'loopback'

/** @throws Error if openssl, which writes PKCS #12, cannot be run */
export async function writeKeyStore(
  folder: string,
  { key, cert }: Certificate,
  type: Release['keyStore'],
): Promise<KeyStore> {
  const pem = join(folder, 'key-store.pem')
  await writeFile(pem, `${key}\n${cert}`, { mode: 0o600 })
  if (type === 'PEM') return { type, file: pem, password: null }
  const file = join(folder, 'key-store.p12')
  const args = ['pkcs12', '-export', '-in', pem, '-out', file, '-passout', `pass:${PASSWORD}`]
  await promisify(execFile)('openssl', args)
  return { type, file, password: PASSWORD }
}
