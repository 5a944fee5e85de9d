import { createServer, type AddressInfo, type Socket } from 'node:net'
import { Journal } from './journal'
import { decodeMessage } from './message-codec'

/** A message as it reached a `test-sink` node, with all its properties. */
export interface SinkMessage {
  /** Name of the test-sink node. */
  readonly sink: string
  /** When it reached the node, unix ms: before anything behind the node got it. */
  readonly passedAt: number
  readonly _msgid: string
  readonly payload?: unknown
  readonly topic?: string
  readonly partition?: number
  readonly offset?: string
  readonly key?: string | Buffer | null
  readonly value?: string | Buffer | null
  readonly timestamp?: number
  readonly kafka?: Readonly<Record<string, unknown>>
  /** Set by a core Catch node. */
  readonly error?: {
    readonly message: string
    readonly code?: string
    readonly source?: { readonly id: string; readonly type: string; readonly name?: string }
  }
  /** Set by a core Status node. */
  readonly status?: {
    readonly fill?: string
    readonly shape?: string
    readonly text?: string
    readonly source?: { readonly id: string; readonly type: string; readonly name?: string }
    readonly [property: string]: unknown
  }
  readonly [property: string]: unknown
}

export interface Sink {
  /** For the `port` property of test-sink nodes; one sink serves any number of them. */
  readonly port: number
  /** In the order of arrival; per test-sink node that is the order of the flow. */
  readonly messages: readonly SinkMessage[]
  /** All messages, as soon as there are at least `count`. */
  waitFor(count: number, timeoutMs?: number): Promise<readonly SinkMessage[]>
  /** The first message at or after index `from` (default 0) that satisfies the predicate. */
  waitFor(
    predicate: (message: SinkMessage) => boolean,
    timeoutMs?: number,
    from?: number,
  ): Promise<SinkMessage>
  stop(): Promise<void>
}

const WAIT_MS = 30_000

/** Listens on loopback for what the `test-sink` nodes of a Node-RED process report. */
export async function startSink(): Promise<Sink> {
  const journal = new Journal<SinkMessage>()
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    // A Node-RED process that was killed resets its connections.
    socket.on('error', () => socket.destroy())
    onLines(socket, (lines) => {
      journal.append(...lines.map((line) => decodeMessage(line) as SinkMessage))
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })

  function explain(wanted: string): string {
    const last = JSON.stringify(journal.entries.at(-1) ?? null).slice(0, 500)
    return `waited for ${wanted}; ${journal.entries.length} messages arrived, the last: ${last}`
  }

  function waitFor(count: number, timeoutMs?: number): Promise<readonly SinkMessage[]>
  function waitFor(
    predicate: (message: SinkMessage) => boolean,
    timeoutMs?: number,
    from?: number,
  ): Promise<SinkMessage>
  function waitFor(
    wanted: number | ((message: SinkMessage) => boolean),
    timeoutMs = WAIT_MS,
    from = 0,
  ): Promise<SinkMessage | readonly SinkMessage[]> {
    return typeof wanted === 'number'
      ? journal.waitForCount(wanted, timeoutMs, () => explain(`${wanted} messages`))
      : journal.waitFor(wanted, timeoutMs, () => explain('a certain message'), from)
  }

  return {
    port: (server.address() as AddressInfo).port,
    messages: journal.entries,
    waitFor,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve()
        })
        for (const socket of sockets) socket.destroy()
        journal.end(new Error('The sink was stopped'))
      }),
  }
}

/** Not readline: it also splits at U+2028, which JSON leaves as it is. */
function onLines(socket: Socket, listener: (lines: readonly string[]) => void): void {
  let rest = ''
  socket.setEncoding('utf8')
  socket.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    listener(lines)
  })
}
