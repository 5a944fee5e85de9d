import { execFile, spawn } from 'node:child_process'
import { promisify } from 'node:util'
import type { ServiceAddress } from './consumer-options'
import { GroupClient, type ClientEvent, type Subscription } from './group-client'

const PROGRAM = 'kcat'
/** Partition, offset and value; no line of a test has a line end in it. */
const FORMAT = '%p %o %s\\n'
const RECORD = /^(\d+) (\d+) (.*)$/

/** @throws Error one line that says what to install */
export async function requireKcat(): Promise<void> {
  try {
    await promisify(execFile)(PROGRAM, ['-V'])
  } catch (cause) {
    throw new Error('There is no kcat: install it, e.g. apt-get install kcat', { cause })
  }
}

/** Starts kcat, which is librdkafka on the command line, as a member of the group. */
export function startKcat(service: ServiceAddress, { logstore, group }: Subscription): GroupClient {
  const settings = {
    'bootstrap.servers': `localhost:${service.port}`,
    'security.protocol': 'SASL_SSL',
    'sasl.mechanisms': 'PLAIN',
    'sasl.username': service.project,
    'sasl.password': `${service.accessKeyId}#${service.accessKeySecret}`,
    'ssl.ca.pem': service.ca,
    'auto.offset.reset': 'earliest',
  }
  const options = Object.entries(settings).flatMap(([name, value]) => ['-X', `${name}=${value}`])
  const args = [...options, '-f', FORMAT, '-u', '-G', group, logstore]
  return new GroupClient({
    name: PROGRAM,
    process: spawn(PROGRAM, args, { stdio: ['ignore', 'pipe', 'pipe'] }),
    parse,
    askToEnd: (process) => process.kill('SIGTERM'),
  })
}

function parse(line: string): ClientEvent {
  const [, partition, offset, payload] = RECORD.exec(line) ?? []
  if (offset === undefined) throw new Error(`kcat printed ${line}`)
  return { record: { partition: Number(partition), offset, payload } }
}
