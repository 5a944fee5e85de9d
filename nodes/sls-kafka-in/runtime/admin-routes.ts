import type { NodeAPI } from 'node-red'
import { systemClock } from '../../../lib/clock'
import { present, problemsOf } from '../../../lib/config/fields'
import { adminPost } from '../../shared/runtime/admin-route'
import { parseProjectRequest, type ProjectRequest } from '../../shared/runtime/admin-request'
import { RequestLimit } from '../../shared/runtime/request-limit'
import { typedProject, type TypedProject } from '../../shared/runtime/typed-project'
import type { CompletingResponse } from '../../shared/admin-responses'
import { completingTypes } from './completing-types'
import { listLogstores, readPosition } from './dialog-queries'
import { preview } from './preview'
import { parsePreviewRequest } from './preview-request'

/** The dialog sends this query whenever it opens. */
const COMPLETING_PER_MINUTE = 60

/** A query that the edit dialog sends to the server. */
interface DialogQuery<Request> {
  readonly name: string
  readonly perMinute: number
  /** The fields that must not be empty. */
  readonly needs: readonly ('logstore' | 'group')[]
  parse(body: unknown): Request | null
  /** Runs the query. @returns the lines of the response */
  run(typed: TypedProject, request: Request, signal: AbortSignal): Promise<readonly object[]>
}

/** Adds the HTTP routes for the edit dialog of an `sls in`. They change nothing. */
export function addAdminRoutes(RED: NodeAPI): void {
  add(RED, {
    name: 'logstores',
    needs: [],
    perMinute: 20,
    parse: parseProjectRequest,
    run: async (typed, _request, signal) => [await listLogstores(typed, signal)],
  })
  add(RED, {
    name: 'position',
    needs: ['logstore', 'group'],
    // The dialog sends this query by itself whenever the group changes.
    perMinute: 40,
    parse: parseProjectRequest,
    run: async (typed, _request, signal) => [await readPosition(typed, signal)],
  })
  add(RED, {
    name: 'preview',
    needs: ['logstore'],
    perMinute: 20,
    parse: parsePreviewRequest,
    run: (typed, request, signal) => preview(RED, typed, request.settings, signal),
  })
  adminPost(RED, {
    path: '/sls-kafka-in/completing',
    permission: 'sls-kafka-in.write',
    limit: new RequestLimit(systemClock, COMPLETING_PER_MINUTE),
    parse: () => ({}),
    respond: (_request, write) => {
      write({ types: completingTypes(RED) } satisfies CompletingResponse)
      return Promise.resolve(undefined)
    },
  })
}

function add<Request extends ProjectRequest>(RED: NodeAPI, query: DialogQuery<Request>): void {
  adminPost(RED, {
    path: `/sls-kafka-in/${query.name}`,
    permission: 'sls-kafka-in.write',
    limit: new RequestLimit(systemClock, query.perMinute),
    parse: (body) => query.parse(body),
    respond: async (request, write, signal) => {
      const typed = typedProject(RED, request)
      if ('refusal' in typed) return typed.refusal
      const needed = Object.fromEntries(query.needs.map((field) => [field, typed[field]]))
      const problems = problemsOf(needed, { logstore: present, group: present })
      if (problems.length > 0) return { refusal: 'settings-invalid', problems }
      for (const line of await query.run(typed, request, signal)) write(line)
      return undefined
    },
  })
}
