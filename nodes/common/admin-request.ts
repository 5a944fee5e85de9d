/** A request of the edit dialog about a project: its fields as they are typed. */
export interface ProjectRequest {
  /** Of the `sls-project`, which need not be deployed. */
  readonly id: string
  readonly project: string
  readonly endpoint: string
  readonly port: string
  readonly bootstrap: string
  /** Id of a `tls-config`. */
  readonly tls: string
  /** Null, as with the secret: the one that is stored. */
  readonly accessKeyId: string | null
  readonly accessKeySecret: string | null
  /** Empty, as with the group: not known yet. */
  readonly logstore: string
  readonly group: string
}

/** Characters of a whole request and of one field of it. */
export const MAX_REQUEST = 8_192
export const MAX_FIELD = 512

const TEXTS = [
  'id',
  'project',
  'endpoint',
  'port',
  'bootstrap',
  'tls',
  'logstore',
  'group',
] as const

const CREDENTIALS = ['accessKeyId', 'accessKeySecret'] as const

/** The request, or null for anything that the edit dialog does not send. */
export function parseProjectRequest(body: unknown): ProjectRequest | null {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return null
  const fields = body as Readonly<Record<string, unknown>>
  const known: readonly string[] = [...TEXTS, ...CREDENTIALS]
  if (!Object.keys(fields).every((name) => known.includes(name))) return null
  const texts = TEXTS.map((name) => [name, fields[name] ?? ''] as const)
  if (!texts.every(([, value]) => isField(value))) return null
  const [accessKeyId, accessKeySecret] = CREDENTIALS.map((name) => fields[name] ?? null)
  if (!isCredential(accessKeyId) || !isCredential(accessKeySecret)) return null
  return {
    ...(Object.fromEntries(texts) as Record<(typeof TEXTS)[number], string>),
    accessKeyId,
    accessKeySecret,
  }
}

function isCredential(value: unknown): value is string | null {
  return value === null || isField(value)
}

function isField(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_FIELD
}
