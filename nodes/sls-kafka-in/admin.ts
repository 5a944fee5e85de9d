import type { NodeAPI } from 'node-red'
import { systemClock } from '../../lib/clock'
import { present, problemsOf } from '../../lib/config/fields'
import { adminPost } from '../common/admin-route'
import { parseProjectRequest, type ProjectRequest } from '../common/admin-request'
import { RequestLimit } from '../common/request-limit'
import { typedProject, type TypedProject } from '../common/typed-project'
import { listLogstores, readPosition } from './look-up'
import { preview } from './preview'
import { parsePreviewRequest } from './preview-request'

interface Question<Request> {
  readonly name: string
  readonly perMinute: number
  /** What must be filled in. */
  readonly needs: readonly ('logstore' | 'group')[]
  parse(body: unknown): Request | null
  /** @returns lines of the answer */
  answer(typed: TypedProject, request: Request, signal: AbortSignal): Promise<readonly object[]>
}

/** What the edit dialog of an `sls-kafka-in` asks the server. Nothing of it changes anything. */
export function addAdminRoutes(RED: NodeAPI): void {
  add(RED, {
    name: 'logstores',
    needs: [],
    perMinute: 20,
    parse: parseProjectRequest,
    answer: async (typed, _request, signal) => [await listLogstores(typed, signal)],
  })
  add(RED, {
    name: 'position',
    needs: ['logstore', 'group'],
    // Asked without a button, whenever the group is another.
    perMinute: 40,
    parse: parseProjectRequest,
    answer: async (typed, _request, signal) => [await readPosition(typed, signal)],
  })
  add(RED, {
    name: 'preview',
    needs: ['logstore'],
    perMinute: 20,
    parse: parsePreviewRequest,
    answer: (typed, request, signal) => preview(RED, typed, request.settings, signal),
  })
}

function add<Request extends ProjectRequest>(RED: NodeAPI, question: Question<Request>): void {
  adminPost(RED, {
    path: `/sls-kafka-in/${question.name}`,
    permission: 'sls-kafka-in.write',
    limit: new RequestLimit(systemClock, question.perMinute),
    parse: (body) => question.parse(body),
    answer: async (request, write, signal) => {
      const typed = typedProject(RED, request)
      if ('refusal' in typed) return typed.refusal
      const needed = Object.fromEntries(question.needs.map((field) => [field, typed[field]]))
      const problems = problemsOf(needed, { logstore: present, group: present })
      if (problems.length > 0) return { refusal: 'settings-invalid', problems }
      for (const line of await question.answer(typed, request, signal)) write(line)
      return undefined
    },
  })
}
