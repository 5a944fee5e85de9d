import { spawn, type ChildProcess } from 'node:child_process'
import { rmSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { nodeRedScript } from './node-red/installation'
import { Journal } from './node-red/journal'
import { repositoryRoot } from './node-red/repository'
import type { RuntimeEvent } from './node-red/runtime-event'
import { prepareUserDir, type FlowNode } from './node-red/user-dir'

export { startSink, type Sink, type SinkMessage } from './node-red/sink'
export type { FlowNode } from './node-red/user-dir'

export type DeployType = 'full' | 'nodes' | 'flows' | 'reload'

export interface NodeRedOptions {
  /** The flow file at start; credentials may stand in the nodes. Default: none, or what `userDir` has. */
  readonly flows?: readonly FlowNode[]
  /** Kept by `stop`, for restarts. Default: a temporary one, removed when the process has ended. */
  readonly userDir?: string
  /** Put over the settings below, property by property; JSON only. */
  readonly settings?: Readonly<Record<string, unknown>>
  /** The console's log level. Default info; readiness is read from an info line. */
  readonly logging?: 'info' | 'debug' | 'trace'
  /** Added to the environment of this process; undefined removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** The runtime's language. Default en-US. */
  readonly lang?: string
  /** Default: a free one. */
  readonly port?: number
  /** Folders that Node-RED loads nodes from. Default: this repository, i.e. what is built in dist. */
  readonly nodesDir?: readonly string[]
  /** Another Node-RED than the dev dependency. Default: environment variable NODE_RED_HOME. */
  readonly nodeRedHome?: string
  /** Another Node.js than this process's. Default: environment variable NODE_BINARY. */
  readonly nodeBinary?: string
  /** Until the editor answers and the flows have started. Default 30,000 ms. */
  readonly startTimeoutMs?: number
}

export interface ExitStatus {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface NodeRed {
  /** Without a slash at the end. */
  readonly url: string
  readonly port: number
  readonly pid: number
  readonly userDir: string
  /** Resolves, never rejects, when the process has ended and its output has been read. */
  readonly exited: Promise<ExitStatus>
  /** All lines of stdout and stderr so far. */
  logs(): readonly string[]
  /** The first line at or after index `from` (default 0) that matches, present or future. */
  waitForLog(pattern: RegExp | string, timeoutMs?: number, from?: number): Promise<string>
  /** Deploys by the admin API and resolves when the flows have started again. */
  deploy(flows: readonly FlowNode[], type?: DeployType, timeoutMs?: number): Promise<void>
  /** Any other admin or http-in request; the path starts with a slash. */
  request(path: string, init?: RequestInit): Promise<Response>
  /** Presses the button of an Inject node. */
  inject(nodeId: string): Promise<void>
  /** Ends Node-RED as a service manager does (SIGTERM) and returns its exit code. */
  stop(timeoutMs?: number): Promise<number | null>
  /** Ends it as a crash does (SIGKILL). */
  kill(): Promise<ExitStatus>
}

const START_MS = 30_000
const WAIT_MS = 30_000
/** Node-RED gives every node 15 s to close. */
const STOP_MS = 25_000
const LOG_LINES_IN_ERRORS = 30

/** Starts a real, headless Node-RED on loopback that has this package's nodes and `test-sink`. */
export async function startNodeRed(options: NodeRedOptions = {}): Promise<NodeRed> {
  const script = nodeRedScript(options.nodeRedHome ?? process.env['NODE_RED_HOME'])
  const userDir = await prepareUserDir(options.userDir, {
    settings: settingsOf(options),
    flows: options.flows,
  })
  const removeUserDir = (): void => {
    if (options.userDir === undefined) rmSync(userDir, { recursive: true, force: true })
  }
  const child = spawnNodeRed(script, userDir, options)
  const lines = new Journal<string>()
  const events = new Journal<RuntimeEvent>()
  const explain = (wanted: string): string =>
    [`waited for ${wanted}; last log lines:`, ...lines.entries.slice(-LOG_LINES_IN_ERRORS)].join(
      '\n  ',
    )
  child.on('message', (event) => {
    events.append(event as RuntimeEvent)
  })
  const exited = collect(child, lines, events).then((status) => {
    removeUserDir()
    return status
  })
  killAtExit(child, exited, removeUserDir)

  async function kill(): Promise<ExitStatus> {
    child.kill('SIGKILL')
    return exited
  }

  async function waitForLog(
    pattern: RegExp | string,
    timeoutMs = WAIT_MS,
    from = 0,
  ): Promise<string> {
    const matches = (line: string): boolean =>
      typeof pattern === 'string' ? line.includes(pattern) : line.search(pattern) !== -1
    return lines.waitFor(matches, timeoutMs, () => explain(`a log line ${String(pattern)}`), from)
  }

  async function waitForFlows(timeoutMs: number, from: number): Promise<void> {
    const event = await events.waitFor(
      () => true,
      timeoutMs,
      () => explain('started flows'),
      from,
    )
    if (event.event === 'flows-refused') {
      throw new Error(`Node-RED does not start the flows, ${event.reason}: ${explain('flows')}`)
    }
  }

  try {
    const startMs = options.startTimeoutMs ?? START_MS
    // The language of the line depends on the settings, the address in it does not.
    const [line] = await Promise.all([waitForLog(LISTENING, startMs), waitForFlows(startMs, 0)])
    const port = Number(LISTENING.exec(line)?.[1])
    const url = `http://127.0.0.1:${port}`

    const request = async (path: string, init?: RequestInit): Promise<Response> => {
      const response = await fetch(url + path, init)
      if (response.ok) return response
      const body = await response.text()
      throw new Error(`Node-RED answers ${response.status} to ${path}: ${body}`)
    }

    return {
      url,
      port,
      pid: child.pid ?? 0,
      userDir,
      exited,
      logs: () => lines.entries,
      waitForLog,
      request,
      kill,
      deploy: async (flows, type = 'full', timeoutMs = WAIT_MS) => {
        const from = events.entries.length
        await request('/flows', {
          method: 'POST',
          headers: {
            'Content-Type': 'application/json',
            'Node-RED-API-Version': 'v2',
            'Node-RED-Deployment-Type': type,
          },
          body: JSON.stringify({ flows }),
          signal: AbortSignal.timeout(timeoutMs),
        })
        await waitForFlows(timeoutMs, from)
      },
      inject: async (nodeId) => {
        await request(`/inject/${nodeId}`, { method: 'POST' })
      },
      stop: async (timeoutMs = STOP_MS) => {
        child.kill('SIGTERM')
        const status = await within(timeoutMs, exited)
        if (status !== undefined) return status.code
        await kill()
        throw new Error(
          `Node-RED did not end ${timeoutMs} ms after SIGTERM: ${explain('its exit')}`,
        )
      },
    }
  } catch (error) {
    await kill()
    throw error
  }
}

const LISTENING = /https?:\/\/127\.0\.0\.1:(\d+)/

function settingsOf(options: NodeRedOptions): Record<string, unknown> {
  return {
    uiHost: '127.0.0.1',
    uiPort: options.port ?? 0,
    flowFile: 'flows.json',
    credentialSecret: 'test',
    lang: options.lang ?? 'en-US',
    nodesDir: options.nodesDir ?? [repositoryRoot()],
    // Nothing that looks for a network: no telemetry, no tours, no palette catalogue, no npm.
    telemetry: { enabled: false, updateNotification: false },
    editorTheme: { tours: false, palette: { catalogues: [] } },
    externalModules: { autoInstall: false, palette: { allowInstall: false } },
    logging: { console: { level: options.logging ?? 'info', metrics: false, audit: false } },
    ...options.settings,
  }
}

function spawnNodeRed(script: string, userDir: string, options: NodeRedOptions): ChildProcess {
  const binary = options.nodeBinary ?? process.env['NODE_BINARY'] ?? process.execPath
  // NODE_RED_HOME means something else to Node-RED itself.
  const env = { ...process.env, NODE_RED_HOME: undefined, ...options.env }
  return spawn(binary, [script, '--userDir', userDir], {
    cwd: userDir,
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
}

/** Reads the output to its end; then everyone who still waits for something learns of the exit. */
function collect(
  child: ChildProcess,
  lines: Journal<string>,
  events: Journal<RuntimeEvent>,
): Promise<ExitStatus> {
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue
    createInterface({ input: stream }).on('line', (line) => {
      lines.append(line)
    })
  }
  return new Promise((resolve) => {
    const finish = (status: ExitStatus, reason: Error): void => {
      lines.end(reason)
      events.end(reason)
      resolve(status)
    }
    child.once('error', (error) => {
      finish(
        { code: null, signal: null },
        new Error(`Node-RED cannot be started`, { cause: error }),
      )
    })
    child.once('close', (code, signal) => {
      finish(
        { code, signal },
        new Error(`Node-RED ended (${signal ?? `exit code ${String(code)}`})`),
      )
    })
  })
}

/** Beside this, the process ends itself when the channel to this one closes (runtime-events). */
function killAtExit(child: ChildProcess, exited: Promise<unknown>, cleanUp: () => void): void {
  const onExit = (): void => {
    child.kill('SIGKILL')
    cleanUp()
  }
  process.once('exit', onExit)
  void exited.then(() => process.removeListener('exit', onExit))
}

async function within<T>(timeoutMs: number, promise: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, timeoutMs, undefined)
  })
  try {
    return await Promise.race([promise, timeout])
  } finally {
    clearTimeout(timer)
  }
}
