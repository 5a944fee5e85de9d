import { MONITOR_ACTIONS, type MonitorCommand } from '../monitor-api'

/** Parses a request body. Returns null for anything that the monitor does not send. */
export function parseMonitorCommand(body: unknown): MonitorCommand | null {
  if (typeof body !== 'object' || body === null) return null
  const { id, action, partition, ...rest } = body as Record<string, unknown>
  const known = MONITOR_ACTIONS.find((one) => one === action)
  const isShard = partition === null || (Number.isSafeInteger(partition) && Number(partition) >= 0)
  if (typeof id !== 'string' || !known || !isShard || Object.keys(rest).length > 0) return null
  return { id, action: known, partition: partition as number | null }
}
