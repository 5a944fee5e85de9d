/**
 * Why a connection failed, as codes that dialogs translate. A code reveals neither the response of a host nor the
 * addresses of a name.
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
  'unreadable',
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
  // OpenSSL refuses the certificate, the key or the passphrase of this client.
  { reason: 'unreadable', marks: /^ERR_OSSL_/ },
  { reason: 'no-tls', marks: /^(ERR_SSL_|EPROTO$)/ },
]

/** Why a connection failed. @param marks the marks of the error, see `marksOf`; the first matching row counts */
export function networkReasonOf(marks: readonly string[]): NetworkReason {
  const row = MARKS.find((candidate) => marks.some((mark) => candidate.marks.test(mark)))
  return row?.reason ?? 'other'
}
