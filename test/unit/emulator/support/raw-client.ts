import { once } from 'node:events'
import { connect, type TLSSocket } from 'node:tls'
import type { Emulator } from '../../../../tools/emulator/emulator'
import { frame, readFrames } from '../../../../tools/emulator/protocol/frames'
import { Reader } from '../../../../tools/emulator/protocol/reader'
import { Writer } from '../../../../tools/emulator/protocol/writer'

const CORRELATION_ID = 77

/** A client that sends what no library would. */
export class RawClient {
  readonly #socket: TLSSocket
  readonly #frames: AsyncIterator<Buffer, undefined>

  private constructor(socket: TLSSocket) {
    this.#socket = socket
    this.#frames = readFrames(socket as AsyncIterable<Buffer>)
  }

  static async connect({ listener, certificate }: Emulator): Promise<RawClient> {
    const socket = connect({ host: 'localhost', port: listener.port, ca: certificate.ca })
    await once(socket, 'secureConnect')
    return new RawClient(socket)
  }

  /** Resolves with the body of the answer; rejects if the server closes instead. */
  async request(
    apiKey: number,
    version: number,
    writeBody: (writer: Writer) => void = () => undefined,
  ): Promise<Reader> {
    this.send(apiKey, version, writeBody)
    const reader = new Reader(await this.receive())
    const correlationId = reader.int32()
    if (correlationId !== CORRELATION_ID) throw new Error(`correlation id ${correlationId}`)
    return reader
  }

  send(apiKey: number, version: number, writeBody: (writer: Writer) => void): void {
    const writer = new Writer().int16(apiKey).int16(version).int32(CORRELATION_ID).string('raw')
    writeBody(writer)
    this.sendFrame(writer.toBuffer())
  }

  sendFrame(bytes: Buffer): void {
    for (const chunk of frame([bytes])) this.#socket.write(chunk)
  }

  /** The next frame, whatever it is; rejects if the server closes instead. */
  async receive(): Promise<Buffer> {
    const { value } = await this.#frames.next()
    if (!value) throw new Error('the server has closed the connection')
    return value
  }

  /** Logs in with handshake v1. */
  async login({ access }: Emulator): Promise<this> {
    const { id, secret } = access.accessKey
    await this.request(17, 1, (writer) => writer.string('PLAIN'))
    const answer = await this.request(36, 0, (writer) =>
      writer.bytes(plainToken('', access.projectName, `${id}#${secret}`)),
    )
    if (answer.int16() !== 0) throw new Error('the login was refused')
    return this
  }

  close(): void {
    this.#socket.destroy()
  }
}

export function plainToken(authorizationId: string, userName: string, password: string): Buffer {
  return Buffer.from(`${authorizationId}\0${userName}\0${password}`)
}
