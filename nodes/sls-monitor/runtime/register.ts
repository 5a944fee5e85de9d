import type { NodeAPI } from 'node-red'
import { systemClock } from '../../../lib/clock'
import { adminGet, adminPost } from '../../shared/runtime/admin-route'
import type { NodeError } from '../../shared/runtime/node-error'
import { RequestLimit } from '../../shared/runtime/request-limit'
import {
  allConsumers,
  healthOfConsumer,
  type RegisteredConsumer,
} from '../../shared/runtime/consumers'
import { allWriters, healthOfWriter, type RegisteredWriter } from '../../shared/runtime/writers'
import { parseMonitorCommand } from './command-request'
import { addHealthRoutes } from './health-routes'
import type {
  CommandResponse,
  MonitorResponse,
  MonitorCommand,
  MonitoredConsumer,
  MonitoredWriter,
} from '../monitor-api'

const COMMANDS_PER_MINUTE = 120

/** Adds the HTTP routes of the SLS monitor in the sidebar, and those for monitoring systems. */
export default function registerSlsMonitor(RED: NodeAPI): void {
  adminGet(RED, '/sls-monitor/consumers', 'sls-kafka.read', ({ query }, response) => {
    response.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' })
    response.end(JSON.stringify(consumersSince(Number(query['since']) || 0)))
  })
  adminPost(RED, {
    path: '/sls-monitor/command',
    permission: 'sls-kafka.write',
    limit: new RequestLimit(systemClock, COMMANDS_PER_MINUTE),
    parse: parseMonitorCommand,
    respond: async (command, write) => {
      write(await runCommand(command))
      return undefined
    },
  })
  addHealthRoutes(RED)
}

function consumersSince(since: number): MonitorResponse {
  const at = systemClock.now()
  const consumers = allConsumers().map((one) => consumerAt(one, since, at))
  return { at, consumers, writers: allWriters().map(monitoredWriter) }
}

function consumerAt(consumer: RegisteredConsumer, since: number, now: number): MonitoredConsumer {
  const health = healthOfConsumer(consumer)
  const { fill, shape, text } = consumer.status()
  const { problems } = consumer
  const error = consumer.lastError()
  const at = health.lastError?.at ?? now
  return {
    ...health,
    alias: consumer.node._alias ?? null,
    status: { fill, shape, text },
    error: error && { code: error.code, params: error.params, at, problems },
    history: consumer.history.since(since, systemClock),
  }
}

function monitoredWriter(writer: RegisteredWriter): MonitoredWriter {
  const { fill, shape, text } = writer.status()
  const last = writer.lastError()
  return {
    ...healthOfWriter(writer),
    alias: writer.node._alias ?? null,
    status: { fill, shape, text },
    error: last && {
      ...{ code: last.error.code, params: last.error.params },
      ...{ at: last.at, problems: last.problems },
    },
  }
}

async function runCommand({ id, action, partition }: MonitorCommand): Promise<CommandResponse> {
  const consumer = allConsumers().find(({ node }) => node.id === id)
  if (!consumer) return { error: { code: 'unknown', message: id } }
  try {
    await consumer.control({ action, partition })
    return {}
  } catch (cause) {
    const { code, message } = cause as NodeError
    return { error: { code, message } }
  }
}
