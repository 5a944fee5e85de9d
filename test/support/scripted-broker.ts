import { once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'
import { createServer, type Server } from 'node:tls'
import type { Certificate } from '../../tools/emulator/certificate'
import { Reader } from '../../tools/emulator/protocol/reader'
import { Writer } from '../../tools/emulator/protocol/writer'
import { APIS, type Api, type VersionRange } from '../../lib/kafka/protocol'
import type { ProjectOptions } from '../../lib/config/project-options'
import { PROJECT } from '../../tools/shared/consumer-options'

/** A request as it arrived, with what a test may do about it. */
export interface ArrivedRequest {
  readonly api: Api
  readonly version: number
  readonly correlationId: number
  readonly clientId: string | null
  readonly body: Buffer
  readonly socket: Socket
  /** Sends the whole response. */
  respond(body: Buffer): void
  /** The bytes of the whole response, to be sent in parts. */
  frame(body: Buffer): Buffer
}

type Script = (request: ArrivedRequest) => void

export interface BrokerScript {
  readonly certificate: Certificate
  readonly host?: string
  readonly port?: number
  /** Greatest version offered, by API; -1 does not offer it. Default: what the client speaks. */
  readonly greatest?: Partial<Record<Api, number>>
  /** Versions offered, by API, in place of those. */
  readonly offers?: Partial<Record<Api, VersionRange>>
}

/**
 * A Kafka broker on loopback that answers as a test says. By itself it only lets clients log in; every
 * other request waits until the test takes it by `next`.
 */
export class ScriptedBroker {
  readonly #server: Server
  readonly #certificate: Certificate
  readonly #greatest: Partial<Record<Api, number>>
  readonly #offers: Partial<Record<Api, VersionRange>>
  readonly #scripts = new Map<Api, Script>()
  readonly #arrived: ArrivedRequest[] = []
  readonly #waiting: { readonly api: Api; readonly resolve: Script }[] = []
  readonly sockets = new Set<Socket>()
  /** Tokens that came without a header. */
  readonly bareTokens: Buffer[] = []
  /** Names of the requests in the order of their arrival. */
  readonly log: Api[] = []
  /** Milliseconds that a login is good for; 0 for no end. */
  lifetimeMs = 0

  private constructor(server: Server, { certificate, greatest = {}, offers = {} }: BrokerScript) {
    this.#server = server
    this.#certificate = certificate
    this.#greatest = greatest
    this.#offers = offers
    server.on('secureConnection', (socket) => {
      this.#serve(socket)
    })
    server.on('tlsClientError', () => undefined)
    this.on('ApiVersions', (request) => {
      request.respond(this.#offer())
    })
    this.on('SaslHandshake', (request) => {
      request.respond(mechanisms(0, ['PLAIN']))
    })
    this.on('SaslAuthenticate', (request) => {
      request.respond(authenticated(request.version, this.lifetimeMs))
    })
  }

  static async start(script: BrokerScript): Promise<ScriptedBroker> {
    const { cert, key } = script.certificate
    const server = createServer({ cert, key })
    const broker = new ScriptedBroker(server, script)
    server.listen(script.port ?? 0, script.host ?? '127.0.0.1')
    await once(server, 'listening')
    return broker
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get address(): { host: string; port: number } {
    return { host: 'localhost', port: this.port }
  }

  /** A project whose certificate authority is this broker's. */
  get project(): ProjectOptions {
    return { ...PROJECT, address: null, tls: { ca: this.#certificate.ca } }
  }

  /** Requests of this API are answered so from now on. */
  on(api: Api, script: Script): void {
    this.#scripts.set(api, script)
  }

  /** The next request of this API that no script answers. */
  next(api: Api): Promise<ArrivedRequest> {
    const at = this.#arrived.findIndex((request) => request.api === api)
    const [found] = at < 0 ? [] : this.#arrived.splice(at, 1)
    if (found) return Promise.resolve(found)
    return new Promise((resolve) => this.#waiting.push({ api, resolve }))
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #serve(socket: Socket): void {
    this.sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => this.sockets.delete(socket))
    let bytes = Buffer.alloc(0)
    let isBare = false
    socket.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk])
      while (bytes.length >= 4 && bytes.length >= 4 + bytes.readInt32BE()) {
        const frame = bytes.subarray(4, 4 + bytes.readInt32BE())
        bytes = bytes.subarray(4 + frame.length)
        if (isBare) {
          isBare = false
          this.bareTokens.push(frame)
          socket.write(Buffer.alloc(4))
          continue
        }
        const request = requestOf(frame, socket)
        isBare = request.api === 'SaslHandshake' && request.version === 0
        this.#take(request)
      }
    })
  }

  #take(request: ArrivedRequest): void {
    this.log.push(request.api)
    const script = this.#scripts.get(request.api)
    const at = this.#waiting.findIndex(({ api }) => api === request.api)
    if (script) script(request)
    else if (at < 0) this.#arrived.push(request)
    else this.#waiting.splice(at, 1)[0]?.resolve(request)
  }

  #offer(): Buffer {
    const rows = Object.entries(APIS)
      .map(([api, { key, least, greatest }]) => ({
        key,
        least: Math.min(least, this.#greatest[api as Api] ?? least),
        greatest: this.#greatest[api as Api] ?? greatest,
        ...this.#offers[api as Api],
      }))
      .filter(({ greatest }) => greatest >= 0)
    const writer = new Writer().int16(0)
    writer.array(rows, ({ key, least, greatest }) => writer.int16(key).int16(least).int16(greatest))
    return writer.toBuffer()
  }
}

function requestOf(frame: Buffer, socket: Socket): ArrivedRequest {
  const reader = new Reader(frame)
  const key = reader.int16()
  const version = reader.int16()
  const correlationId = reader.int32()
  const clientId = reader.nullableString()
  const api = Object.entries(APIS).find(([, spec]) => spec.key === key)?.[0] as Api
  const frameOf = (body: Buffer): Buffer =>
    new Writer()
      .int32(4 + body.length)
      .int32(correlationId)
      .raw(body)
      .toBuffer()
  return {
    api,
    version,
    correlationId,
    clientId,
    body: reader.raw(reader.remaining),
    socket,
    frame: frameOf,
    respond: (body) => socket.write(frameOf(body)),
  }
}

/** Body of a response to SaslHandshake. */
export function mechanisms(errorCode: number, names: readonly string[]): Buffer {
  const writer = new Writer().int16(errorCode)
  writer.array(names, (name) => writer.string(name))
  return writer.toBuffer()
}

/** Body of a response to SaslAuthenticate. */
export function authenticated(
  version: number,
  lifetimeMs: number,
  errorCode = 0,
  text: string | null = null,
): Buffer {
  const writer = new Writer().int16(errorCode).nullableString(text).bytes(Buffer.alloc(0))
  if (version >= 1) writer.int64(BigInt(lifetimeMs))
  return writer.toBuffer()
}

/** Body of a response to Heartbeat from version 1 on. */
export function beat(errorCode = 0, throttleMs = 0): Buffer {
  return new Writer().int32(throttleMs).int16(errorCode).toBuffer()
}

/** Body of a response to ListGroups from version 1 on. */
export function groupList(groups: readonly string[]): Buffer {
  const writer = new Writer().int32(0).int16(0)
  writer.array(groups, (group) => writer.string(group).string('consumer'))
  return writer.toBuffer()
}

/** Body of a response to Metadata from version 5 on: brokers alone. */
export function brokerList(
  brokers: readonly { readonly nodeId: number; readonly host: string; readonly port: number }[],
): Buffer {
  const writer = new Writer().int32(0)
  writer.array(brokers, ({ nodeId, host, port }) =>
    writer.int32(nodeId).string(host).int32(port).nullableString(null),
  )
  return writer
    .nullableString(null)
    .int32(-1)
    .array([], () => undefined)
    .toBuffer()
}

/** Body of a response to FindCoordinator from version 1 on. */
export function coordinatorAt(broker: {
  readonly nodeId: number
  readonly host: string
  readonly port: number
}): Buffer {
  const { nodeId, host, port } = broker
  return new Writer()
    .int32(0)
    .int16(0)
    .nullableString(null)
    .int32(nodeId)
    .string(host)
    .int32(port)
    .toBuffer()
}
