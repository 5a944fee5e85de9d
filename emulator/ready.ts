import type { Emulator } from './emulator'

export interface ReadyDetails {
  readonly emulator: Emulator
  readonly controlPort: number | undefined
  readonly caFile: string | undefined
}

/** What a program that started the endpoint has to know. */
export interface ReadyMessage {
  readonly port: number
  readonly controlPort: number | null
  /** PEM. */
  readonly ca: string
  readonly caFile: string | null
  readonly project: string
  readonly accessKeyId: string
  readonly accessKeySecret: string
}

/** One line of JSON. */
export function readyLine({ emulator, controlPort, caFile }: ReadyDetails): string {
  const message: ReadyMessage = {
    port: emulator.listener.port,
    controlPort: controlPort ?? null,
    ca: emulator.certificate.ca,
    caFile: caFile ?? null,
    project: emulator.access.projectName,
    accessKeyId: emulator.access.accessKey.id,
    accessKeySecret: emulator.access.accessKey.secret,
  }
  return `${JSON.stringify(message)}\n`
}

/** What to type into which field. */
export function readyTable({ emulator, controlPort, caFile }: ReadyDetails): string {
  const { access, project, options, listener } = emulator
  const { host, port } = options.advertise ?? { host: 'localhost', port: listener.port }
  const logstores = project.logstores.map(({ name, shards }) => `${name} (${shards.length} shards)`)
  const rows: [field: string, value: string][] = [
    ['Project', access.projectName],
    ['Bootstrap', `${host}:${port}`],
    ['Port', String(port)],
    ['AccessKey ID', access.accessKey.id],
    ['AccessKey Secret', access.accessKey.secret],
    ['CA certificate', caFile ?? ''],
    ['Logstore', logstores.join(', ')],
  ]
  if (controlPort !== undefined) rows.push(['Control', `http://127.0.0.1:${controlPort}/state`])
  const lines = rows.map(([field, value]) => `  ${field.padEnd(18)}${value}`)
  return [
    'The local SLS Kafka endpoint listens. In Node-RED:',
    '',
    ...lines,
    '',
    options.host === '127.0.0.1'
      ? 'Ctrl-C stops it.'
      : `It listens on ${options.host}. Ctrl-C stops it.`,
    '',
  ].join('\n')
}
