import type { NodeAPI } from 'node-red'
import { systemClock } from '../../../lib/clock'
import {
  MAX_REQUEST_CHARACTERS,
  parseProjectRequest,
  type ProjectRequest,
} from '../../shared/runtime/admin-request'
import { adminPost } from '../../shared/runtime/admin-route'
import {
  MAX_PASTED_CHARACTERS,
  parsePastedTls,
  type PastedTls,
} from '../../shared/runtime/pasted-tls'
import { RequestLimit } from '../../shared/runtime/request-limit'
import { typedProject } from '../../shared/runtime/typed-project'
import { testConnection } from './test-connection'

const TESTS_PER_MINUTE = 10

interface TestRequest {
  readonly project: ProjectRequest
  /** Null if the chosen `tls-config` has no changes, or none is chosen. */
  readonly pastedTls: PastedTls | null
}

/** Adds the HTTP route of the connection test in the `sls-project` dialog. */
export function addAdminRoutes(RED: NodeAPI): void {
  adminPost(RED, {
    path: '/sls-project/test',
    permission: 'sls-project.write',
    limit: new RequestLimit(systemClock, TESTS_PER_MINUTE),
    maxCharacters: MAX_REQUEST_CHARACTERS + MAX_PASTED_CHARACTERS,
    parse: parseTestRequest,
    respond: async ({ project, pastedTls }, write, signal) => {
      const typed = typedProject(RED, project, pastedTls)
      if ('refusal' in typed) return typed.refusal
      for await (const step of testConnection(typed, signal)) write(step)
      return undefined
    },
  })
}

/** Parses a request body. Returns null for anything that the edit dialog does not send. */
function parseTestRequest(body: unknown): TestRequest | null {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return null
  const { pastedTls = null, ...fields } = body as Readonly<Record<string, unknown>>
  const project = parseProjectRequest(fields)
  const pasted = parsePastedTls(pastedTls)
  if (!project || (pastedTls !== null && !pasted)) return null
  return { project, pastedTls: pasted }
}
