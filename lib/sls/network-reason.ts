/**
 * Why a connection failed, as a word that can be translated and that tells nothing but this: what a
 * host answered, and the addresses of a name, stay on the server.
 */
export const NETWORK_REASONS = [
  'not-found',
  'refused',
  'no-answer',
  'closed',
  'no-route',
  'not-trusted',
  'other-name',
  'expired',
  'no-tls',
  'other',
] as const

export type NetworkReason = (typeof NETWORK_REASONS)[number]

const MARKS: readonly { reason: NetworkReason; marks: RegExp }[] = [
  { reason: 'not-found', marks: /^(ENOTFOUND|EAI_)/ },
  { reason: 'refused', marks: /^ECONNREFUSED$/ },
  { reason: 'no-answer', marks: /^ETIMEDOUT$/ },
  { reason: 'closed', marks: /^(ECONNRESET|ECONNABORTED|EPIPE)$/ },
  { reason: 'no-route', marks: /^(EHOST|ENET)/ },
  { reason: 'other-name', marks: /^(ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH)$/ },
  { reason: 'expired', marks: /^(CERT_HAS_EXPIRED|CERT_NOT_YET_VALID)$/ },
  { reason: 'not-trusted', marks: /^(SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_|CERT_)/ },
  { reason: 'no-tls', marks: /^(ERR_SSL_|EPROTO$)/ },
]

/** @param marks of the error, outermost first; the first row that fits counts */
export function networkReasonOf(marks: readonly string[]): NetworkReason {
  const row = MARKS.find((candidate) => marks.some((mark) => candidate.marks.test(mark)))
  return row?.reason ?? 'other'
}
