import { spawn, type ChildProcess } from 'node:child_process'
import { rmSync } from 'node:fs'
import { superviseChild, type ExitStatus } from './node-red/child'
import { nodeRedScript } from './node-red/installation'
import { Journal } from './node-red/journal'
import { repositoryRoot } from './repository'
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

/** Starts a real, headless Node-RED on loopback that has this package's nodes and `test-sink`. */
export async function startNodeRed(options: NodeRedOptions = {}): Promise<NodeRed> {
  const script = nodeRedScript(options.nodeRedHome ?? process.env['NODE_RED_HOME'])
  const userDir = await prepareUserDir(options.userDir, {
    settings: settingsOf(options),
    flows: options.flows,
  })
  const child = superviseChild('Node-RED', spawnNodeRed(script, userDir, options), () => {
    if (options.userDir === undefined) rmSync(userDir, { recursive: true, force: true })
  })
  const events = new Journal<RuntimeEvent>()
  child.process.on('message', (event) => {
    events.append(event as RuntimeEvent)
  })
  void child.exited.then(() => {
    events.end(new Error('Node-RED ended'))
  })
  // Beside this, the process ends itself when its channel to this one closes (runtime-events).
  const killAtExit = (): void => void child.process.kill('SIGKILL')
  process.once('exit', killAtExit)
  void child.exited.then(() => process.removeListener('exit', killAtExit))

  async function kill(): Promise<ExitStatus> {
    child.process.kill('SIGKILL')
    return child.exited
  }

  async function waitForFlows(timeoutMs: number, from: number): Promise<void> {
    const event = await events.waitFor(
      () => true,
      timeoutMs,
      () => child.explain('started flows'),
      from,
    )
    if (event.event === 'flows-refused') {
      throw new Error(
        `Node-RED does not start the flows, ${event.reason}: ${child.explain('flows')}`,
      )
    }
  }

  try {
    const startMs = options.startTimeoutMs ?? START_MS
    // The language of the line depends on the settings, the address in it does not.
    const [line] = await Promise.all([
      child.waitForLine(LISTENING, startMs),
      waitForFlows(startMs, 0),
    ])
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
      pid: child.process.pid ?? 0,
      userDir,
      exited: child.exited,
      logs: () => child.lines,
      waitForLog: (pattern, timeoutMs = WAIT_MS, from) =>
        child.waitForLine(pattern, timeoutMs, from),
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
        child.process.kill('SIGTERM')
        try {
          return (await child.waitForExit(timeoutMs)).code
        } catch (error) {
          await kill()
          throw error
        }
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
