import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { CommitState, EmulatorState } from './control/state'
import type { ReadyMessage } from './ready'

export type { CommitState, EmulatorState, GroupStateReport } from './control/state'

/** A string becomes a log with the one field `content`. */
export type LogInput = string | Readonly<Record<string, unknown>>

export interface StartOptions {
  /** Default: any free port. */
  readonly port?: number
  /** Name and number of shards; default `{ 'access-log': 4 }`. */
  readonly logstores?: Readonly<Record<string, number>>
  readonly project?: string
  readonly accessKeyId?: string
  readonly accessKeySecret?: string
  /** Folder to keep the certificate in, so that the next one started with it is trusted as well. */
  readonly certificates?: string
  /** Further flags of the command line, e.g. `['--auth-failure', 'topic']`. */
  readonly flags?: readonly string[]
}

export interface AppendOptions {
  /** Without it logs are spread over the shards in turn. */
  readonly shard?: number
  /** Logs per log group; default 100. */
  readonly groupSize?: number
  /** When the service got the logs, unix ms; default now. */
  readonly receiveTime?: number
  /** The logs' own time, unix ms; default the time of receipt. */
  readonly time?: number
}

export interface RunningEmulator {
  readonly port: number
  readonly controlPort: number
  /** PEM of the certificate to trust. */
  readonly ca: string
  readonly project: string
  readonly accessKeyId: string
  readonly accessKeySecret: string
  /** Resolves when the process has ended, for whatever reason, with its exit code or signal. */
  readonly exited: Promise<number | NodeJS.Signals | null>
  /** Resolves with the number of logs that each shard was given. */
  append(
    logstore: string,
    logs: readonly LogInput[],
    options?: AppendOptions,
  ): Promise<Record<string, number>>
  createLogstore(name: string, shards: number): Promise<void>
  /** Resolves with the ids of the two new shards. */
  splitShard(logstore: string, shard: number): Promise<number[]>
  state(): Promise<EmulatorState>
  /** Every commit accepted so far, oldest first. */
  commits(): Promise<CommitState[]>
  setAccessKey(id: string, secret: string): Promise<void>
  /** Resolves with the number of connections dropped. */
  killConnections(): Promise<number>
  /** Ends an outage: listens again on the same port. */
  open(): Promise<void>
  /** Starts an outage: stops listening and drops all connections. */
  close(): Promise<void>
  /** Ends the process. May be called twice. */
  stop(): Promise<void>
}

const MAIN = join(__dirname, 'main.js')

/** Starts the endpoint in a process of its own. It ends with this process at the latest. */
export async function startEmulator(options: StartOptions = {}): Promise<RunningEmulator> {
  const child = spawn(process.execPath, [MAIN, ...commandLine(options)], {
    // The endpoint stops when its standard input ends, which the end of this process brings about.
    stdio: ['pipe', 'pipe', 'inherit'],
    // Ctrl-C in a terminal reaches a whole process group; who started the endpoint decides when it stops.
    detached: true,
    windowsHide: true,
  })
  const exited = once(child, 'exit')
  const ready = await readyMessage(child, exited)
  // From here on the endpoint alone keeps nobody alive.
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
    async append(logstore, logs, appendOptions = {}) {
      const query = new URLSearchParams(
        Object.entries(appendOptions).map(([name, value]): [string, string] => [
          name,
          String(value),
        ]),
      )
      const path = `/logstores/${encodeURIComponent(logstore)}/logs?${query.toString()}`
      const { appended } = await request<{ appended: Record<string, number> }>('POST', path, logs)
      return appended
    },
    async createLogstore(name, shards) {
      await request('POST', '/logstores', { name, shards })
    },
    async splitShard(logstore, shard) {
      const path = `/logstores/${encodeURIComponent(logstore)}/shards/${shard}/split`
      return (await request<{ children: number[] }>('POST', path)).children
    },
    state: () => request('GET', '/state'),
    commits: () => request('GET', '/commits'),
    async setAccessKey(id, secret) {
      await request('POST', '/access-keys', { id, secret })
    },
    async killConnections() {
      return (await request<{ killed: number }>('POST', '/connections/kill')).killed
    },
    async open() {
      await request('POST', '/listener', { open: true })
    },
    async close() {
      await request('POST', '/listener', { open: false })
    },
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
  if (!stdout) throw new Error('the endpoint has no standard output')
  const lines = createInterface({ input: stdout })
  const firstLine = once(lines, 'line') as Promise<[string]>
  const failure = exited.then(([code]): never => {
    throw new Error(`the endpoint ended before it listened, exit code ${String(code)}`)
  })
  const [line] = await Promise.race([firstLine, failure])
  failure.catch(() => undefined) // the later, normal exit is no failure
  return JSON.parse(line) as ReadyMessage
}

type ControlClient = <Result>(
  method: 'GET' | 'POST',
  path: string,
  body?: unknown,
) => Promise<Result>

function controlClient(port: number): ControlClient {
  return async <Result>(method: string, path: string, body?: unknown) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: { connection: 'close' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const result = (await response.json()) as Result & { error?: string }
    if (!response.ok) throw new Error(`${method} ${path}: ${result.error ?? response.statusText}`)
    return result
  }
}
