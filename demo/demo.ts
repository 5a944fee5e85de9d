import { startButtons } from './buttons'
import { appendTo, startEndpoint } from './endpoint'
import { feedHistory, feedSteadily } from './feed'
import { demoFlow } from './flow'
import { fileLogs } from './logs/file'
import { shopLogs } from './logs/shop'
import { startNodeRed } from './node-red'

const SEED = 20_260_101
const HISTORY_RECORDS = 200
/** As if somebody had visited the shop for some time already. */
const HISTORY_PER_SECOND = 5

export interface DemoSettings {
  /** Of the Node-RED editor; 0: any free port. */
  readonly port: number
  /** Records per second. */
  readonly rate: number
  readonly file: string | undefined
  readonly log: (line: string) => void
}

export interface RunningDemo {
  /** Of the Node-RED editor. */
  readonly url: string
  /** `host:port` of the local endpoint. */
  readonly bootstrap: string
  /** Resolves when all logs have been fed, with their number; the shop's never end. */
  readonly fed: Promise<number>
  /** Rejects when a part of the demo fails or ends by itself; never resolves. */
  readonly failed: Promise<never>
  stop(): Promise<void>
}

/** Starts the endpoint, Node-RED and the stream of logs. Leaves nothing behind if it rejects. */
export async function startDemo(settings: DemoSettings): Promise<RunningDemo> {
  const started: (() => Promise<void>)[] = []
  /** The last one first: Node-RED leaves the group before the endpoint goes. */
  const stop = async (): Promise<void> => {
    for (const end of started.splice(0).reverse()) await end()
  }
  try {
    const endpoint = await startEndpoint()
    started.push(() => endpoint.stop())
    const append = appendTo(endpoint)
    const bootstrap = `localhost:${endpoint.port}`

    const buttons = await startButtons(append)
    started.push(() => buttons.stop())

    const source = settings.file === undefined ? shopLogs(SEED) : fileLogs(settings.file)
    if (settings.file === undefined) {
      await feedHistory(source, append, { count: HISTORY_RECORDS, perSecond: HISTORY_PER_SECOND })
    }

    const nodeRed = await startNodeRed({
      port: settings.port,
      accessKey: { id: endpoint.accessKeyId, secret: endpoint.accessKeySecret },
      ca: endpoint.ca,
      flow: (caFile) =>
        demoFlow({
          DEMO_BOOTSTRAP: bootstrap,
          DEMO_CA_FILE: caFile,
          DEMO_BUTTONS_URL: buttons.url,
        }),
      onWarning: settings.log,
    })
    started.push(() => nodeRed.stop())

    const stopFeed = new AbortController()
    const { signal } = stopFeed
    const feed = feedSteadily(source, append, { perSecond: settings.rate, signal })
    started.push(async () => {
      stopFeed.abort()
      await feed.catch(() => undefined)
    })
    const fed = feed.then((count) => (signal.aborted ? never() : count))

    const endpointEnded = endpoint.exited.then((how) => `the local endpoint ended (${how ?? ''})`)
    return {
      url: nodeRed.url,
      bootstrap,
      fed,
      failed: failureOf([nodeRed.ended, endpointEnded], fed),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

async function failureOf(ends: readonly Promise<string>[], fed: Promise<number>): Promise<never> {
  // The feed fails as soon as the endpoint does, but the end of the process says more.
  const feedFailed = fed.then(
    never,
    (error: unknown) => `the local endpoint takes no more logs: ${String(error)}`,
  )
  throw new Error(await Promise.race([...ends, feedFailed]))
}

function never(): Promise<never> {
  return new Promise(() => undefined)
}
