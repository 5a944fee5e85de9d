import type { ServerResponse } from 'node:http'
import type { NodeAPI } from 'node-red'
import { systemClock } from '../../../lib/clock'
import { healthOf, type Monitored } from '../../../lib/monitoring/health'
import { PROMETHEUS_TYPE, prometheusText } from '../../../lib/monitoring/prometheus'
import { adminGet } from '../../shared/runtime/admin-route'
import { allConsumers, healthOfConsumer } from '../../shared/runtime/consumers'
import { allWriters, healthOfWriter } from '../../shared/runtime/writers'

/** The properties of settings.js that enable the routes, for example `slsKafka: { health: true }`. */
interface Settings {
  readonly adminAuth?: unknown
  readonly slsKafka?: { readonly health?: boolean }
}

const OFF =
  'This is off: it is on if the editor has users (adminAuth), or with ' +
  'slsKafka: { health: true } in settings.js.\n'

/** Adds the HTTP routes for monitoring systems: `GET /sls-kafka/health` and `GET /sls-kafka/metrics`. */
export function addHealthRoutes(RED: NodeAPI): void {
  const isOn = isHealthOn(RED.settings)
  const handler = (type: string, text: () => string) => (_: unknown, response: ServerResponse) => {
    const headers = { 'Content-Type': isOn ? type : 'text/plain', 'Cache-Control': 'no-store' }
    response.writeHead(isOn ? 200 : 404, headers)
    response.end(isOn ? text() : OFF)
  }
  const add = (path: string, type: string, text: () => string): void => {
    adminGet(RED, path, 'sls-kafka.read', handler(type, text))
  }
  add('/sls-kafka/health', 'application/json', healthText)
  add('/sls-kafka/metrics', PROMETHEUS_TYPE, metricsText)
}

/** Whether the routes are enabled: by default with `adminAuth`; otherwise opt-in in settings.js. */
function isHealthOn({ adminAuth, slsKafka }: Settings): boolean {
  return slsKafka?.health ?? Boolean(adminAuth)
}

function healthText(): string {
  return `${JSON.stringify(healthOf(monitored(), systemClock.now()))}\n`
}

function metricsText(): string {
  const { consumers, writers } = monitored()
  return prometheusText(consumers, writers)
}

function monitored(): Monitored {
  return {
    consumers: allConsumers().map(healthOfConsumer),
    writers: allWriters().map(healthOfWriter),
  }
}
