import type { ServerResponse } from 'node:http'
import type { NodeAPI } from 'node-red'
import { systemClock } from '../../lib/clock'
import { healthOf } from '../../lib/monitoring/health'
import { PROMETHEUS_TYPE, prometheusText } from '../../lib/monitoring/prometheus'
import { adminGet } from '../common/admin-route'
import { allReaders, healthOfReader } from './readers'

/** In settings.js: `slsKafka: { health: true }`. */
interface Settings {
  readonly adminAuth?: unknown
  readonly slsKafka?: { readonly health?: boolean }
}

const OFF =
  'This is off: it is on if the editor has users (adminAuth), or with ' +
  'slsKafka: { health: true } in settings.js.\n'

/** What machines ask: `GET /sls-kafka/health` and, for Prometheus, `GET /sls-kafka/metrics`. */
export function addHealthRoutes(RED: NodeAPI): void {
  const isOn = isHealthOn(RED.settings)
  const answer = (type: string, text: () => string) => (_: unknown, response: ServerResponse) => {
    const headers = { 'Content-Type': isOn ? type : 'text/plain', 'Cache-Control': 'no-store' }
    response.writeHead(isOn ? 200 : 404, headers)
    response.end(isOn ? text() : OFF)
  }
  const add = (path: string, type: string, text: () => string): void => {
    adminGet(RED, path, 'sls-kafka.read', answer(type, text))
  }
  add('/sls-kafka/health', 'application/json', healthText)
  add('/sls-kafka/metrics', PROMETHEUS_TYPE, metricsText)
}

/** Where the editor has users it is theirs; where it has none, somebody has to want it. */
export function isHealthOn({ adminAuth, slsKafka }: Settings): boolean {
  return slsKafka?.health ?? Boolean(adminAuth)
}

function healthText(): string {
  return `${JSON.stringify(healthOf(allReaders().map(healthOfReader), systemClock.now()))}\n`
}

function metricsText(): string {
  return prometheusText(allReaders().map(healthOfReader))
}
