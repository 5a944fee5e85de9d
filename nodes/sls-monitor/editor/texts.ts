import { errorText as runtimeErrorText, problemText } from '../../shared/editor/texts'
import type { ShownError, ShownStatus } from '../monitor-api'
import type { MonitorRED } from './monitor-red'

declare const RED: MonitorRED

const MONITOR = 'node-red-contrib-sls-kafka/sls-monitor:sls-monitor'
const PACKAGE = 'node-red-contrib-sls-kafka'

/** A text from the monitor's own catalogue. */
export function text(key: string, values?: Readonly<Record<string, string | number>>): string {
  return RED._(`${MONITOR}.${key}`, values)
}

/** The text of a status, as the workspace shows it. */
export function statusText({ text: shown }: ShownStatus): string {
  const [, node] = /^(sls-kafka-(?:in|out))\./.exec(shown) ?? []
  return node === undefined ? shown : RED._(`${PACKAGE}/${node}:${shown}`)
}

/** The text of an error, as in the log, but in the language of the browser. */
export function errorText(error: ShownError): string {
  const { code, params, problems } = error
  const found = problems.map((problem) => problemText(problem))
  return `${code}: ${found.length > 0 ? found.join(' ') : runtimeErrorText(code, params)}`
}

/** The time of day in the user's format. @param at milliseconds since 1970 */
export function timeText(at: number): string {
  return new Date(at).toLocaleTimeString(RED.i18n.lang())
}
