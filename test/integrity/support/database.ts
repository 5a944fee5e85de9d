import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** A database behind HTTP: `POST` stores a text. It can be down: then nobody listens. */
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

  get url(): string {
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
