import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { controlClient } from './control/client'
import { connectionControl, type ConnectionControl } from './control/connection-control'
import { faultControl, type FaultControl } from './control/fault-control'
import { storeControl, type StoreControl } from './control/store-control'
import type { ReadyMessage } from './ready'

export type { LogInput } from './control/store-control'
export type { GroupStateReport } from './control/state'

export interface StartOptions {
  /** Default: any free port. */
  readonly port?: number
  /** Name and number of shards; default `{ 'access-log': 4 }`. */
  readonly logstores?: Readonly<Record<string, number>>
  readonly project?: string
  readonly accessKeyId?: string
  readonly accessKeySecret?: string
  /** Folder that keeps the certificate, so that clients trust the next emulator as well. */
  readonly certificates?: string
  /** Further flags of the command line, e.g. `['--auth-failure', 'topic']`. */
  readonly flags?: readonly string[]
}

export interface RunningEmulator extends StoreControl, ConnectionControl, FaultControl {
  readonly port: number
  readonly controlPort: number
  /** PEM of the certificate to trust. */
  readonly ca: string
  readonly project: string
  readonly accessKeyId: string
  readonly accessKeySecret: string
  /** Resolves when the process has ended, for whatever reason, with its exit code or signal. */
  readonly exited: Promise<number | NodeJS.Signals | null>
  /** Ends the process. Can be called twice. */
  stop(): Promise<void>
}

const MAIN = join(__dirname, 'main.js')

/** Starts the emulator in a process of its own, which ends with this process at the latest. */
export async function startEmulator(options: StartOptions = {}): Promise<RunningEmulator> {
  const child = spawn(process.execPath, [MAIN, ...commandLine(options)], {
    // The emulator stops when its standard input ends, so it stops at the latest with this process.
    stdio: ['pipe', 'pipe', 'inherit'],
    // Ctrl-C in a terminal reaches a whole process group; but this process decides when the emulator stops.
    detached: true,
    windowsHide: true,
  })
  const exited = once(child, 'exit')
  const ready = await readyMessage(child, exited)
  // From here on, the emulator does not keep this process alive.
  child.unref()
  for (const stream of [child.stdin, child.stdout]) (stream as Socket).unref()

  const request = controlClient(ready.controlPort ?? 0)
  return {
    port: ready.port,
    controlPort: ready.controlPort ?? 0,
    ca: ready.ca,
    project: ready.project,
    accessKeyId: ready.accessKeyId,
    accessKeySecret: ready.accessKeySecret,
    exited: exited.then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals | null),
    ...storeControl(request),
    ...connectionControl(request),
    ...faultControl(request),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.ref()
      child.kill('SIGTERM')
      await exited
    },
  }
}

function commandLine(options: StartOptions): string[] {
  const { port = 0, logstores = {}, flags = [] } = options
  const texts = {
    project: options.project,
    'access-key-id': options.accessKeyId,
    'access-key-secret': options.accessKeySecret,
    certificates: options.certificates,
  }
  return [
    ...['--ready-json', '--stop-on-stdin-end', '--control-port', '0', '--port', String(port)],
    ...Object.entries(logstores).flatMap(([name, shards]) => ['--logstore', `${name}:${shards}`]),
    ...Object.entries(texts).flatMap(([name, text]) =>
      text === undefined ? [] : [`--${name}`, text],
    ),
    ...flags,
  ]
}

async function readyMessage(
  { stdout }: Pick<ChildProcess, 'stdout'>,
  exited: Promise<unknown[]>,
): Promise<ReadyMessage> {
  if (!stdout) throw new Error('the emulator has no standard output')
  const lines = createInterface({ input: stdout })
  const firstLine = once(lines, 'line') as Promise<[string]>
  const failure = exited.then(([code]): never => {
    throw new Error(`the emulator ended before it listened, exit code ${String(code)}`)
  })
  const [line] = await Promise.race([firstLine, failure])
  failure.catch(() => undefined) // the later, normal exit is no failure
  return JSON.parse(line) as ReadyMessage
}
