import { Kafka, logLevel, type KafkaConfig } from 'kafkajs'
import { Emulator, type EmulatorOptions } from '../../../../tools/emulator/emulator'
import { parseCommandLine } from '../../../../tools/emulator/options'
import type { Log } from '../../../../tools/emulator/store/log'

/** Starts an endpoint inside this process, with the options of a command line. */
export async function startEndpoint(
  flags: readonly string[] = [],
  changes: Partial<EmulatorOptions> = {},
): Promise<Emulator> {
  const options = parseCommandLine(['--ready-json', '--port', '0', ...flags])
  if (!options) throw new Error('these flags ask for help only')
  return Emulator.start({ ...options.emulator, log: () => undefined, ...changes })
}

export function kafkaClient(
  { listener, certificate, access }: Emulator,
  config: Partial<KafkaConfig> & { readonly password?: string } = {},
): Kafka {
  const { password = `${access.accessKey.id}#${access.accessKey.secret}`, ...rest } = config
  return new Kafka({
    clientId: 'test',
    brokers: [`localhost:${listener.port}`],
    ssl: { ca: certificate.ca },
    sasl: { mechanism: 'plain', username: access.projectName, password },
    logLevel: logLevel.NOTHING,
    retry: { retries: 2, initialRetryTime: 50 },
    ...rest,
  })
}

/** Logs with the one field `content`. */
export function textLogs(...texts: readonly string[]): Log[] {
  return texts.map((text) => ({ time: Date.now(), fields: [['content', text]] }))
}
