import { CONSUMER_METRICS } from './consumer-metrics'
import type { ConsumerHealth, WriterHealth } from './health'
import type { Labels, Metric } from './metric'
import { WRITER_METRICS } from './writer-metrics'

/** The content type of Prometheus's text format. */
export const PROMETHEUS_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

/**
 * Writes the metrics of all consumers and writers in Prometheus's text format 0.0.4, see "Exposition formats" in its
 * documentation. A consumer without shards has no samples of shards.
 */
export function prometheusText(
  consumers: readonly ConsumerHealth[],
  writers: readonly WriterHealth[],
): string {
  return (
    textOf(CONSUMER_METRICS, consumers, ({ id, name, project, logstore, group }) => {
      return { node: id, name, project, logstore, group }
    }) + textOf(WRITER_METRICS, writers, ({ id, name, project }) => ({ node: id, name, project }))
  )
}

/** @param labelsOf the labels that all samples of a source have */
function textOf<Source>(
  metrics: readonly Metric<Source>[],
  sources: readonly Source[],
  labelsOf: (source: Source) => Labels,
): string {
  return metrics
    .map(({ name, type, help, samples }) => {
      const lines = sources.flatMap((source) =>
        samples(source).map(
          ({ labels, value }) =>
            `${name}${labelText({ ...labelsOf(source), ...labels })} ${value}\n`,
        ),
      )
      return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`
    })
    .join('')
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(String(value))}"`)
  return `{${pairs.join(',')}}`
}

function escaped(value: string): string {
  return value.replace(/[\\"\n]/g, (mark) => (mark === '\n' ? '\\n' : `\\${mark}`))
}
