import { X509Certificate } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeCertificate, type Certificate } from './certificate'

export const CA_FILE = 'ca.pem'
const CERT_FILE = 'server.pem'
const KEY_FILE = 'server-key.pem'
const ONE_DAY_MS = 24 * 3600_000

/**
 * Returns the certificate in a folder, or creates one there. A client that trusts `ca.pem` therefore trusts
 * the emulator after a restart too.
 */
export async function certificateIn(folder: string, host: string): Promise<Certificate> {
  const kept = await read(folder)
  if (kept && isUsable(kept.cert, host)) return kept
  const made = await makeCertificate(host)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, KEY_FILE), made.key, { mode: 0o600 })
  await writeFile(join(folder, CERT_FILE), made.cert)
  await writeFile(join(folder, CA_FILE), made.ca)
  return made
}

async function read(folder: string): Promise<Certificate | undefined> {
  try {
    const [ca, cert, key] = await Promise.all(
      [CA_FILE, CERT_FILE, KEY_FILE].map((file) => readFile(join(folder, file), 'utf8')),
    )
    return ca && cert && key ? { ca, cert, key } : undefined
  } catch {
    return undefined // the folder is new, or not all of it could be written
  }
}

function isUsable(cert: string, host: string): boolean {
  const certificate = new X509Certificate(cert)
  const isCovered = (certificate.checkHost(host) ?? certificate.checkIP(host)) !== undefined
  return isCovered && Date.parse(certificate.validTo) > Date.now() + ONE_DAY_MS
}
