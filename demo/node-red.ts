import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startChild } from './child'
import { REPOSITORY } from './repository'

export interface NodeRedOptions {
  /** 0: any free port. */
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
  /** Resolves, never rejects, with how the process ended. */
  readonly ended: Promise<string>
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
  const caFile = join(userDir, 'ca.pem')
  await writeFile(caFile, options.ca)
  await writeFile(join(userDir, 'flows.json'), await options.flow(caFile))
  await writeFile(join(userDir, 'settings.js'), settingsFile(options.port))

  const removeUserDir = (): Promise<void> => rm(userDir, { recursive: true, force: true })
  try {
    const child = await startChild({
      name: 'Node-RED',
      script: require.resolve('node-red/red.js'),
      args: ['--userDir', userDir],
      cwd: userDir,
      env: environment(options),
      ready: ADDRESS,
      readyTimeoutMs: START_MS,
      onLine: (line) => {
        if (PROBLEM.test(line)) options.onWarning(line)
      },
    })
    return {
      url: ADDRESS.exec(child.readyLine)?.[0] ?? '',
      ended: child.ended,
      async stop() {
        await child.stop(STOP_MS)
        await removeUserDir()
      },
    }
  } catch (error) {
    await removeUserDir()
    throw error
  }
}

function settingsFile(port: number): string {
  const settings = {
    uiHost: '127.0.0.1',
    uiPort: port,
    flowFile: 'flows.json',
    flowFilePretty: true,
    credentialSecret: randomBytes(16).toString('hex'),
    nodesDir: [REPOSITORY],
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

/** The demo's own AccessKey, also where a real one is set: that one is nobody's business here. */
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
