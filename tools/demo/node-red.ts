import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startChild, type Child } from './child'
import { repositoryRoot } from '../shared/repository'

/** A Node-RED that is installed somewhere. */
export interface NodeRedProgram {
  /** Path of the Node.js that runs it. */
  readonly node: string
  /** Path of its `red.js`. */
  readonly script: string
}

export interface NodeRedOptions {
  /** Default: the dev dependency, with the Node.js that runs this. */
  readonly program?: NodeRedProgram | undefined
  readonly port: number
  readonly accessKey: { readonly id: string; readonly secret: string }
  /** PEM of the certificate that the flow trusts. */
  readonly ca: string
  /** The flow file as JSON, given the path of the certificate. */
  readonly flow: (caFile: string) => Promise<string>
  /** Is called with every error, and with what a node warns of. */
  readonly onWarning: (line: string) => void
}

export interface NodeRed {
  readonly url: string
  /** How often it was started. */
  readonly starts: number
  readonly isRunning: boolean
  /** Resolves, never rejects, with how the process ended by itself, or why it does not start again. */
  readonly ended: Promise<string>
  /**
   * `kill -9`, and a new start on the same port with the same user directory. False, and nothing
   * done, while it is being started.
   */
  killAndStart(): boolean
  stop(): Promise<void>
}

const START_MS = 60_000
/** Node-RED gives every node 15 s to close. */
const STOP_MS = 20_000
/** Node-RED's own warnings, without the name of a node, are of no use here: "Projects disabled". */
const PROBLEM = /\[error\]|\[warn\] \[/
const ADDRESS = /http:\/\/127\.0\.0\.1:(\d+)/

/** Starts Node-RED with this package's nodes and a user directory that is removed in the end. */
export async function startNodeRed(options: NodeRedOptions): Promise<NodeRed> {
  const userDir = await mkdtemp(join(tmpdir(), 'sls-kafka-demo-'))
  try {
    const caFile = join(userDir, 'ca.pem')
    await writeFile(caFile, options.ca)
    await writeFile(join(userDir, 'flows.json'), await options.flow(caFile))
    await writeFile(join(userDir, 'settings.js'), settingsFile(options.port))
    return await supervise(options, userDir)
  } catch (error) {
    await remove(userDir)
    throw error
  }
}

async function supervise(options: NodeRedOptions, userDir: string): Promise<NodeRed> {
  const stopping = new AbortController()
  const { signal } = stopping
  const first = await startProcess(options, userDir, signal)
  const url = ADDRESS.exec(first.readyLine)?.[0] ?? ''

  let state: 'running' | 'starting' = 'running'
  let starts = 1
  let reportEnd: (how: string) => void = () => undefined
  const ended = new Promise<string>((resolve) => (reportEnd = resolve))
  /** Reports the end of a process, unless the demo has killed it. */
  const watch = (child: Child): void => {
    void child.ended.then((how) => {
      if (state === 'running') reportEnd(how)
    })
  }
  watch(first)

  const replace = async (old: Child): Promise<Child> => {
    await old.kill()
    const child = await startProcess(options, userDir, signal)
    state = 'running'
    starts += 1
    watch(child)
    return child
  }
  let current: Promise<Child> = Promise.resolve(first)
  return {
    url,
    ended,
    get starts() {
      return starts
    },
    get isRunning() {
      return state === 'running'
    },
    killAndStart() {
      if (state === 'starting' || signal.aborted) return false
      state = 'starting'
      current = current.then(replace)
      current.catch((error: unknown) => {
        reportEnd(`Node-RED does not start again: ${String(error)}`)
      })
      return true
    },
    async stop() {
      stopping.abort()
      // The signal has ended a process that was being started.
      const child = await current.catch(() => null)
      await child?.stop(STOP_MS)
      await remove(userDir)
    },
  }
}

function startProcess(
  options: NodeRedOptions,
  userDir: string,
  signal: AbortSignal,
): Promise<Child> {
  return startChild({
    name: 'Node-RED',
    node: options.program?.node,
    script: options.program?.script ?? require.resolve('node-red/red.js'),
    args: ['--userDir', userDir],
    cwd: userDir,
    env: environment(options),
    ready: ADDRESS,
    readyTimeoutMs: START_MS,
    onLine: (line) => {
      if (PROBLEM.test(line)) options.onWarning(line)
    },
    signal,
  })
}

function remove(userDir: string): Promise<void> {
  return rm(userDir, { recursive: true, force: true })
}

function settingsFile(port: number): string {
  const settings = {
    uiHost: '127.0.0.1',
    uiPort: port,
    flowFile: 'flows.json',
    flowFilePretty: true,
    credentialSecret: randomBytes(16).toString('hex'),
    nodesDir: [repositoryRoot()],
    // Nothing that looks for a network.
    telemetry: { enabled: false, updateNotification: false },
    editorTheme: {
      page: { title: 'SLS Kafka demo' },
      header: { title: 'SLS Kafka demo' },
      tours: false,
      palette: { catalogues: [] },
    },
    externalModules: { autoInstall: false, palette: { allowInstall: false } },
    logging: { console: { level: 'info', metrics: false, audit: false } },
  }
  return [
    `module.exports = ${JSON.stringify(settings, null, 2)}`,
    '',
    '// The demo holds the other end. When it is gone, whatever the reason, there is nothing left to do.',
    "process.stdin.resume().once('end', () => process.kill(process.pid, 'SIGTERM'))",
    '',
  ].join('\n')
}

/** Replaces the AccessKey of the environment, which can be a real one, by the one of the demo. */
function environment({ accessKey }: NodeRedOptions): NodeJS.ProcessEnv {
  return {
    ...process.env,
    SLS_ACCESS_KEY_ID: accessKey.id,
    SLS_ACCESS_KEY_SECRET: accessKey.secret,
    // The flow's HTTP requests stay on this machine, so no proxy can help them.
    NO_PROXY: '127.0.0.1,localhost',
    no_proxy: '127.0.0.1,localhost',
    // Settings of another Node-RED on this machine.
    NODE_RED_HOME: undefined,
    NODE_RED_OPTIONS: undefined,
    PORT: undefined,
  }
}
