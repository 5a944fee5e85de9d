import { systemClock } from '../../lib/clock'
import { compileWriterOptions } from '../../lib/config/writer-options'
import { newClientId } from '../../lib/kafka/client-id'
import { LogWriter } from '../../lib/writer/log-writer'
import { projectOf, valid, type ServiceAddress } from './consumer-options'

export interface OpenWriter {
  readonly writer: LogWriter
  /** Codes of what the writer has reported, and `recovered`, in order. */
  readonly reports: readonly string[]
}

/** Starts a writer outside Node-RED. */
export function openLogWriter(
  service: ServiceAddress,
  settings: Readonly<Record<string, unknown>>,
): OpenWriter {
  const reports: string[] = []
  const writer = new LogWriter(valid(compileWriterOptions(settings, projectOf(service))), {
    clock: systemClock,
    clientId: newClientId('writer'),
    name: 'writer',
    onFailure: ({ code }) => reports.push(code),
    onWarning: ({ code }) => reports.push(code),
    onRecovered: () => reports.push('recovered'),
    onContained: (error) => {
      throw error
    },
  })
  writer.start()
  return { writer, reports }
}
