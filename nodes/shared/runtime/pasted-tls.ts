import { isVariable } from '../../../lib/config/fields'
import type { TlsOptions } from '../../../lib/config/project-options'

/**
 * A `tls-config` with changes that are not deployed, as the editor holds it. Certificates and keys are handled like
 * an AccessKey: nothing logs them or sends them back.
 */
export interface PastedTls {
  readonly certdata: string
  readonly keydata: string
  readonly cadata: string
  readonly passphrase: string
  readonly servername: string
  readonly alpnprotocol: string
  readonly verifyservercert: boolean
  /** The `tls-config` names files. Only a deployed node reads files. */
  readonly namesFiles: boolean
}

/** Most characters of one certificate with its chain, or of one key. */
const MAX_PEM_CHARACTERS = 65_536
/** Most characters of the certificates that are trusted. The list of an operating system has some 230,000. */
const MAX_TRUSTED_CHARACTERS = 524_288
const MAX_TEXT_CHARACTERS = 512

const LIMITS = {
  certdata: MAX_PEM_CHARACTERS,
  keydata: MAX_PEM_CHARACTERS,
  cadata: MAX_TRUSTED_CHARACTERS,
  passphrase: MAX_TEXT_CHARACTERS,
  servername: MAX_TEXT_CHARACTERS,
  alpnprotocol: MAX_TEXT_CHARACTERS,
} as const

const SWITCHES = ['verifyservercert', 'namesFiles'] as const

/** Most characters of all fields. In JSON, a line break has two characters. */
export const MAX_PASTED_CHARACTERS = 2 * MAX_TRUSTED_CHARACTERS

/** Parses the part of a request. @returns null for anything that the edit dialog does not send */
export function parsePastedTls(value: unknown): PastedTls | null {
  if (typeof value !== 'object' || value === null) return null
  const fields = value as Readonly<Record<string, unknown>>
  const texts = Object.entries(LIMITS)
  const isComplete =
    Object.keys(fields).length === texts.length + SWITCHES.length &&
    texts.every(([name, limit]) => {
      const text = fields[name]
      return typeof text === 'string' && text.length <= limit
    }) &&
    SWITCHES.every((name) => typeof fields[name] === 'boolean')
  return isComplete ? (fields as unknown as PastedTls) : null
}

/** Whether a field is a variable, which only Node-RED replaces, at a deploy. */
export function hasVariable(pasted: PastedTls): boolean {
  return Object.values(pasted).some((value) => typeof value === 'string' && isVariable(value))
}

/** The options of node:tls that a `tls-config` makes of its fields; null if a certificate has no key, or a key none. */
export function pastedTlsOptions(pasted: PastedTls): TlsOptions | null {
  const { certdata, keydata, cadata, passphrase, verifyservercert } = pasted
  if ((certdata === '') !== (keydata === '')) return null
  const [servername, alpnprotocol] = [pasted.servername.trim(), pasted.alpnprotocol.trim()]
  return {
    ...(certdata !== '' && { cert: certdata, key: keydata }),
    ...(cadata !== '' && { ca: cadata }),
    ...(passphrase !== '' && { passphrase }),
    ...(servername !== '' && { servername }),
    ...(alpnprotocol !== '' && { ALPNProtocols: [alpnprotocol] }),
    rejectUnauthorized: verifyservercert,
  }
}
