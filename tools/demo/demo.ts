import { Bursts } from './burst'
import { startButtons } from './buttons'
import { appendTo, LOGSTORE, ORDERS, SHARDS, startEndpoint } from './endpoint'
import { Failure } from './failure'
import { feedHistory, feedSteadily } from './feed'
import { demoFlow } from './flow'
import { fileLogs } from './logs/file'
import { shopLogs } from './logs/shop'
import { startNodeRed, type NodeRed, type NodeRedProgram } from './node-red'
import { startDatabase } from './orders/database'
import { OrderBook, type OrderCounts } from './orders/order-book'
import { ReadBack, type ReadBackCounts } from './orders/read-back'
import { appendOrders, orderLogs } from './orders/order-logs'
import { Outage } from './outage'

const SEED = 20_260_101
const HISTORY_RECORDS = 200
/** The rate of the logs from before the start of the demo. */
const HISTORY_PER_SECOND = 5

export interface DemoSettings {
  /** Of the Node-RED editor. */
  readonly port: number
  /** Records per second. */
  readonly rate: number
  /** Orders per second. */
  readonly orderRate: number
  readonly outageSeconds: number
  readonly file: string | undefined
  /** Which Node-RED; default: the dev dependency. */
  readonly program?: NodeRedProgram | undefined
  readonly log: (line: string) => void
}

/** What GET /state of the buttons answers. */
export interface DemoState extends OrderCounts, ReadBackCounts {
  readonly isDatabaseUp: boolean
  /** Until the endpoint is back; 0: it is there. */
  readonly outageSecondsLeft: number
  readonly nodeRedStarts: number
  readonly isNodeRedUp: boolean
}

export interface RunningDemo {
  /** Of the Node-RED editor. */
  readonly url: string
  /** `host:port` of the emulator. */
  readonly bootstrap: string
  /** Resolves when all logs have been fed, with their number; the shop's never end. */
  readonly fed: Promise<number>
  /** Rejects when a part of the demo fails or ends by itself; never resolves. */
  readonly failed: Promise<never>
  state(): DemoState
  /** Resolves when the last order is in the logstore. */
  endOrders(): Promise<void>
  stop(): Promise<void>
}

/** Starts the endpoint, Node-RED and the streams of logs. Leaves nothing behind if it rejects. */
export async function startDemo(settings: DemoSettings): Promise<RunningDemo> {
  const started: (() => Promise<void>)[] = []
  /** The last one first: Node-RED leaves the group before the endpoint goes. */
  const stop = async (): Promise<void> => {
    for (const end of started.splice(0).reverse()) await end()
  }
  try {
    const endpoint = await startEndpoint()
    started.push(() => endpoint.stop())
    const append = appendTo(endpoint, LOGSTORE)
    const bootstrap = `localhost:${endpoint.port}`

    const book = new OrderBook(SHARDS)
    const readBack = new ReadBack()
    const database = await startDatabase((number) => book.store(number))
    started.push(() => database.close())

    const failure = new Failure()
    const outage = new Outage(endpoint)
    started.push(() => outage.stop())
    const bursts = new Bursts(append)
    started.push(() => bursts.stop())
    /** Its flow needs the address of the buttons, and one of the buttons ends it. */
    let nodeRed: NodeRed | null = null
    const state = (): DemoState => ({
      ...book.counts(),
      ...readBack.counts(),
      isDatabaseUp: database.isOpen,
      outageSecondsLeft: outage.secondsLeft,
      nodeRedStarts: nodeRed?.starts ?? 0,
      isNodeRedUp: nodeRed?.isRunning ?? false,
    })
    const buttons = await startButtons({
      state,
      burst: (records) => bursts.start(records),
      setDatabase: (isUp) => (isUp ? database.open() : database.close()),
      endpointOff: (seconds) =>
        outage.start(seconds, (reason) => {
          failure.report(`the emulator does not come back: ${reason}`)
        }),
      killNodeRed: () => nodeRed?.killAndStart() ?? false,
      received: (order) => book.receive(order),
      readBack: (order) => readBack.receive(order),
    })
    started.push(() => buttons.close())

    const source = settings.file === undefined ? shopLogs(SEED) : fileLogs(settings.file)
    if (settings.file === undefined) {
      await feedHistory(source, append, { count: HISTORY_RECORDS, perSecond: HISTORY_PER_SECOND })
    }

    const running = await startNodeRed({
      program: settings.program,
      port: settings.port,
      accessKey: { id: endpoint.accessKeyId, secret: endpoint.accessKeySecret },
      ca: endpoint.ca,
      flow: (caFile) =>
        demoFlow({
          DEMO_BOOTSTRAP: bootstrap,
          DEMO_CA_FILE: caFile,
          DEMO_BUTTONS_URL: buttons.url,
          DEMO_DATABASE_URL: database.url,
          DEMO_OUTAGE_SECONDS: String(settings.outageSeconds),
        }),
      onWarning: settings.log,
    })
    nodeRed = running
    started.push(() => running.stop())

    const stopFeed = new AbortController()
    const { signal } = stopFeed
    const feed = feedSteadily(source, append, { perSecond: settings.rate, signal })
    const stopOrders = new AbortController()
    const orders = feedSteadily(
      orderLogs(book, (order) => {
        readBack.expect(order)
      }),
      appendOrders((shard, logs, time) => appendTo(endpoint, ORDERS, shard)(logs, time)),
      { perSecond: settings.orderRate, signal: stopOrders.signal },
    )
    started.push(async () => {
      stopFeed.abort()
      stopOrders.abort()
      await Promise.allSettled([feed, orders])
    })

    // A feed fails as soon as the endpoint does, but the end of the process says more.
    void endpoint.exited.then((how) => {
      failure.report(`the emulator ended (${how ?? ''})`)
    })
    void running.ended.then((how) => {
      failure.report(how)
    })
    for (const fed of [feed, orders]) {
      fed.catch((error: unknown) => {
        failure.report(`the emulator does not accept logs any more: ${String(error)}`)
      })
    }
    return {
      url: running.url,
      bootstrap,
      fed: feed.then((count) => (signal.aborted ? never() : count)),
      failed: failure.promise,
      state,
      async endOrders() {
        stopOrders.abort()
        await orders
      },
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

function never(): Promise<never> {
  return new Promise(() => undefined)
}
