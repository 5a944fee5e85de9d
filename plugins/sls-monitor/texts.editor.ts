import { errorText as runtimeErrorText, problemText } from '../../nodes/common/texts.editor'
import type { MonitoredConsumer, ShownStatus } from './monitor-answer'
import type { MonitorRED } from './monitor-red'

declare const RED: MonitorRED

const OWN = 'node-red-contrib-sls-kafka/sls-monitor:sls-monitor'
/** The catalogue in which the runtime finds statuses and errors. */
const READER = 'node-red-contrib-sls-kafka/sls-kafka-in:'

/** A text of the monitor. */
export function text(key: string, values?: Readonly<Record<string, string | number>>): string {
  return RED._(`${OWN}.${key}`, values)
}

/** The status as the workspace shows it. */
export function statusText({ text: shown }: ShownStatus): string {
  return shown.startsWith('sls-kafka-in.') ? RED._(READER + shown) : shown
}

/** What went wrong and what to do, as the log has it, in the language of the browser. */
export function errorText(error: NonNullable<MonitoredConsumer['error']>): string {
  const { code, params, problems } = error
  const found = problems.map((problem) => problemText(problem))
  return `${code}: ${found.length > 0 ? found.join(' ') : runtimeErrorText(code, params)}`
}

/** A time of day as the user writes it. */
export function timeText(at: number): string {
  return new Date(at).toLocaleTimeString(RED.i18n.lang())
}
