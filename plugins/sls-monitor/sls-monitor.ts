import type { NodeAPI } from 'node-red'
import { systemClock } from '../../lib/clock'
import { adminGet, adminPost } from '../../nodes/common/admin-route'
import type { NodeError } from '../../nodes/common/node-error'
import { RequestLimit } from '../../nodes/common/request-limit'
import { allReaders, healthOfReader, type RegisteredReader } from '../../nodes/sls-kafka-in/readers'
import { parseMonitorCommand } from './command-request'
import type {
  CommandAnswer,
  MonitorAnswer,
  MonitorCommand,
  MonitoredConsumer,
} from './monitor-answer'

const COMMANDS_PER_MINUTE = 120

/** What the monitor in the sidebar asks the server, while somebody looks at it. */
export default function registerSlsMonitor(RED: NodeAPI): void {
  adminGet(RED, '/sls-monitor/consumers', 'sls-kafka.read', ({ query }, response) => {
    response.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' })
    response.end(JSON.stringify(monitored(Number(query['since']) || 0)))
  })
  adminPost(RED, {
    path: '/sls-monitor/command',
    permission: 'sls-kafka.write',
    limit: new RequestLimit(systemClock, COMMANDS_PER_MINUTE),
    parse: parseMonitorCommand,
    answer: async (command, write) => {
      write(await carriedOut(command))
      return undefined
    },
  })
}

function monitored(since: number): MonitorAnswer {
  const at = systemClock.now()
  return { at, consumers: allReaders().map((one) => consumerAt(one, since, at)) }
}

function consumerAt(reader: RegisteredReader, since: number, now: number): MonitoredConsumer {
  const health = healthOfReader(reader)
  const { fill, shape, text } = reader.status()
  const { problems } = reader
  const error = reader.lastError()
  const at = health.lastError?.at ?? now
  return {
    ...health,
    alias: reader.node._alias ?? null,
    status: { fill, shape, text },
    error: error && { code: error.code, params: error.params, at, problems },
    history: reader.history.since(since, systemClock),
  }
}

async function carriedOut({ id, action, partition }: MonitorCommand): Promise<CommandAnswer> {
  const reader = allReaders().find(({ node }) => node.id === id)
  if (!reader) return { error: { code: 'unknown', message: id } }
  try {
    await reader.control({ action, partition })
    return {}
  } catch (cause) {
    const { code, message } = cause as NodeError
    return { error: { code, message } }
  }
}
