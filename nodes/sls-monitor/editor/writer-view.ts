import { compact } from '../../../lib/monitoring/compact'
import type { MonitoredWriter } from '../monitor-api'
import { durationText } from './view-model'

/** Most logstores that a card names. */
const MAX_NAMES = 3

/** The figures of a writer's card, in their order. */
export const WRITER_FIGURES = ['rate', 'written', 'failed', 'buffered', 'oldest'] as const

/** The texts of a writer's card, which every language shares. */
export interface WriterView {
  readonly title: string
  /** The logstores, if the title is the name of the node; else empty. */
  readonly subtitle: string
  readonly figures: Readonly<Record<(typeof WRITER_FIGURES)[number], string>>
}

export function writerViewOf(writer: MonitoredWriter): WriterView {
  const { name, rate, written, failed, buffered, oldestSeconds } = writer
  const logstores = logstoresOf(writer)
  return {
    title: name || logstores || 'sls out',
    subtitle: name ? logstores : '',
    figures: {
      rate: `${compact(rate)}/s`,
      written: String(written),
      failed: String(failed),
      buffered: String(buffered),
      oldest: durationText(oldestSeconds),
    },
  }
}

/** The logstores that are written to; without one, that of the settings. */
function logstoresOf({ logstore, logstores }: MonitoredWriter): string {
  const open = logstores.filter(({ state }) => state !== 'closed')
  const names = open.length > 0 ? open.map((one) => one.logstore) : [logstore]
  const more = names.length - MAX_NAMES
  return [...names.slice(0, MAX_NAMES), ...(more > 0 ? [`+${more}`] : [])].join(' · ')
}
