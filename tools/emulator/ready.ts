import { resolve } from 'node:path'
import { CA_FILE } from './certificate-folder'
import type { Emulator } from './emulator'

const LOOPBACK = '127.0.0.1'

export interface ReadyDetails {
  /** Whether standard input is a terminal. */
  readonly readsTerminal: boolean
  readonly emulator: Emulator
  readonly controlPort: number | undefined
}

/** The details for a program that has started the emulator. */
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

/** The details as one line of JSON. */
export function readyLine({ emulator, controlPort }: ReadyDetails): string {
  const message: ReadyMessage = {
    port: emulator.listener.port,
    controlPort: controlPort ?? null,
    ca: emulator.certificate.ca,
    caFile: caFile(emulator) ?? null,
    project: emulator.access.projectName,
    accessKeyId: emulator.access.accessKey.id,
    accessKeySecret: emulator.access.accessKey.secret,
  }
  return `${JSON.stringify(message)}\n`
}

/** The values for the fields of Node-RED's dialogs. */
export function readyTable({ emulator, controlPort, readsTerminal }: ReadyDetails): string {
  const { access, project, options, listener } = emulator
  const { host, port } = options.advertise ?? { host: 'localhost', port: listener.port }
  const logstores = project.logstores.flatMap(({ name, shards, views }) => [
    `${name} (${shards.length} shards)`,
    ...views.map(({ id, query }) => `${name}.${id} (${query})`),
  ])
  const rows: [field: string, value: string][] = [
    ['Project', access.projectName],
    ['Bootstrap', `${host}:${port}`],
    ['Port', String(port)],
    ['AccessKey ID', access.accessKey.id],
    ['AccessKey Secret', access.accessKey.secret],
    ['CA certificate', caFile(emulator) ?? ''],
    ['Logstore', logstores.join(', ')],
  ]
  if (controlPort !== undefined) rows.push(['Control', `http://127.0.0.1:${controlPort}/state`])
  const lines = rows.map(([field, value]) => `  ${field.padEnd(18)}${value}`)
  const hints = [
    ...(options.host === LOOPBACK
      ? []
      : [`Other machines can connect: the emulator listens on ${options.host}.`]),
    ...(readsTerminal ? ['Type a line and press Enter to write a log.'] : []),
    'Press Ctrl-C to stop the emulator.',
  ]
  return ['The emulator is ready. In Node-RED, set:', '', ...lines, '', ...hints, ''].join('\n')
}

/** Absolute path of the certificate to trust, if it is kept in a file. */
function caFile({ options }: Emulator): string | undefined {
  return options.certificateFolder && resolve(options.certificateFolder, CA_FILE)
}
