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
  readonly accessKeyId: string
  /** Null: the one that is stored. */
  readonly accessKeySecret: string | null
  /** Empty: not known yet. */
  readonly logstore: string
}

/** Characters of a whole request and of one field of it. */
export const MAX_REQUEST = 8_192
export const MAX_FIELD = 512

const FIELDS = [
  'id',
  'project',
  'endpoint',
  'port',
  'bootstrap',
  'tls',
  'accessKeyId',
  'logstore',
] as const

/** The request, or null for anything that the edit dialog does not send. */
export function parseProjectRequest(body: unknown): ProjectRequest | null {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return null
  const fields = body as Readonly<Record<string, unknown>>
  const known: readonly string[] = [...FIELDS, 'accessKeySecret']
  if (!Object.keys(fields).every((name) => known.includes(name))) return null
  const secret = fields['accessKeySecret'] ?? null
  if (secret !== null && !isField(secret)) return null
  const texts = FIELDS.map((name) => [name, fields[name] ?? ''] as const)
  if (!texts.every(([, value]) => isField(value))) return null
  return {
    ...(Object.fromEntries(texts) as Record<(typeof FIELDS)[number], string>),
    accessKeySecret: secret,
  }
}

function isField(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_FIELD
}
