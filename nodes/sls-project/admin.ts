import type { NodeAPI } from 'node-red'
import { systemClock } from '../../lib/clock'
import { parseProjectRequest } from '../common/admin-request'
import { adminPost } from '../common/admin-route'
import { RequestLimit } from '../common/request-limit'
import { typedProject } from '../common/typed-project'
import { testConnection } from './test-connection'

const TESTS_PER_MINUTE = 10

/** What the edit dialog of an `sls-project` asks the server. */
export function addAdminRoutes(RED: NodeAPI): void {
  adminPost(RED, {
    path: '/sls-project/test',
    permission: 'sls-project.write',
    limit: new RequestLimit(systemClock, TESTS_PER_MINUTE),
    parse: parseProjectRequest,
    answer: async (request, write, signal) => {
      const typed = typedProject(RED, request)
      if ('refusal' in typed) return typed.refusal
      for await (const step of testConnection(typed, signal)) write(step)
      return undefined
    },
  })
}
