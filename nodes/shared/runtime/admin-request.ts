/** A request of an edit dialog, with the fields of a project as the user has typed them. */
export interface ProjectRequest {
  /** Id of the `sls-project`, which can be undeployed. */
  readonly id: string
  readonly project: string
  readonly endpoint: string
  readonly port: string
  readonly bootstrap: string
  readonly serverName: string
  /** Id of a `tls-config`. */
  readonly tls: string
  /** Null for the stored one. */
  readonly accessKeyId: string | null
  /** Null for the stored one. */
  readonly accessKeySecret: string | null
  /** Empty if not known yet. */
  readonly logstore: string
  /** Empty if not known yet. */
  readonly group: string
}

/** Most characters of a whole request. */
export const MAX_REQUEST_CHARACTERS = 8_192
/** Most characters of one field of a request. */
export const MAX_FIELD_CHARACTERS = 512

const TEXTS = [
  'id',
  'project',
  'endpoint',
  'port',
  'bootstrap',
  'serverName',
  'tls',
  'logstore',
  'group',
] as const

const CREDENTIALS = ['accessKeyId', 'accessKeySecret'] as const

/** Parses a request body. Returns null for anything that the edit dialog does not send. */
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
  return typeof value === 'string' && value.length <= MAX_FIELD_CHARACTERS
}
