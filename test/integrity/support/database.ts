import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Ids } from '../../../tools/shared/integrity/flow'
import type { FlowNode } from '../../../tools/shared/node-red'

type StoringIds = Pick<Ids, 'onTab' | 'first' | 'id' | 'ack' | 'nack'>

/** A database behind HTTP: `POST` stores a text. While it is down, its port is closed. */
export class Database {
  /** How often each text was stored. */
  readonly stored = new Map<string, number>()
  #server: Server | null = null
  #port = 0

  static async start(): Promise<Database> {
    const database = new Database()
    await database.up()
    return database
  }

  /** The work of a flow: it stores each record by an HTTP request, and Catch sends failures to `nack`. */
  storing({ onTab, first, id, ack, nack }: StoringIds): FlowNode[] {
    const scope = { scope: [first], uncaught: false, wires: [[nack]] }
    return [
      {
        ...{ ...onTab, id: first, type: 'http request', method: 'POST', ret: 'txt' },
        ...{ paytoqs: 'ignore', url: this.#url, senderr: true, headers: [], wires: [[ack]] },
      },
      { ...onTab, id: id('failed'), type: 'catch', ...scope },
    ]
  }

  get #url(): string {
    return `http://127.0.0.1:${this.#port}/`
  }

  async up(): Promise<void> {
    const server = createServer((request, response) => {
      void text(request).then((body) => {
        this.stored.set(body, (this.stored.get(body) ?? 0) + 1)
        response.end('stored')
      })
    })
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(this.#port, '127.0.0.1', resolve)
    })
    this.#port = (server.address() as AddressInfo).port
    this.#server = server
  }

  async down(): Promise<void> {
    const server = this.#server
    this.#server = null
    if (!server) return
    await new Promise<void>((resolve) => {
      server.close(() => {
        resolve()
      })
      server.closeAllConnections()
    })
  }

  stop(): Promise<void> {
    return this.down()
  }
}
