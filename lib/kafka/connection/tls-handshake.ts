import { connect, type TLSSocket } from 'node:tls'
import type { Clock } from '../../clock'
import type { TlsOptions } from '../../config/project-options'
import { verifyingOptions } from '../../tls'
import { addressText } from '../cluster/brokers'
import { codedError } from './connection-errors'

export interface HandshakeOptions {
  /** The address to dial. */
  readonly ip: string
  readonly port: number
  /** The host or address that the certificate must be for. */
  readonly name: string
  readonly tls: TlsOptions
  readonly clock: Clock
}

export interface HandshakeListener {
  /**
   * The certificate is verified. The socket ignores its errors until it has another listener. The bytes of a `data`
   * event must be copied, because the socket reads into the same memory again.
   */
  readonly onSecure: (socket: TLSSocket) => void
  /** No socket is left. The message is never empty. */
  readonly onFailed: (error: Error) => void
}

const KEEP_ALIVE_DELAY_MS = 15_000
/** The content of a TLS record, at most. */
const READ_BYTES = 16_384
/** A handshake on which nothing comes for this long is dead. */
const SILENCE_MS = 10_000

/**
 * Dials one address and makes it a verified TLS connection. Calls the listener once, and never in the same
 * turn.
 *
 * @returns a function that ends the attempt, of which the listener then hears nothing
 */
export function startHandshake(
  { ip, port, name, tls, clock }: HandshakeOptions,
  { onSecure, onFailed }: HandshakeListener,
): () => void {
  let socket: TLSSocket
  try {
    socket = dial({ ip, port, name, tls })
  } catch (error) {
    // Key or certificate of this client cannot be read.
    return clock.soon(() => {
      onFailed(error as Error)
    })
  }

  let bytesRead = 0
  let cancelTimer = (): void => undefined
  const watch = (): void => {
    cancelTimer = clock.after(SILENCE_MS, () => {
      // Asked again one turn later: after a standstill of the process, bytes may be there and not read.
      cancelTimer = clock.soon(() => {
        if (socket.bytesRead === bytesRead) fail(timeout(ip, port))
        else watch()
        bytesRead = socket.bytesRead
      })
    })
  }

  const stop = (): void => {
    cancelTimer()
    socket.off('secureConnect', secured)
    socket.off('error', fail)
    socket.off('close', closed)
    // An error without a listener would end the process.
    socket.on('error', () => undefined)
  }
  const secured = (): void => {
    stop()
    onSecure(socket)
  }
  const fail = (error: Error): void => {
    stop()
    socket.destroy()
    onFailed(
      error.message
        ? error
        : codedError('ECONNRESET', `${addressText({ host: ip, port })} failed`, error),
    )
  }
  const closed = (): void => {
    fail(codedError('ECONNRESET', 'the service closed the connection before TLS was established'))
  }
  socket.once('secureConnect', secured)
  socket.once('error', fail)
  socket.once('close', closed)
  watch()
  return () => {
    stop()
    socket.destroy()
  }
}

function dial({ ip, port, name, tls }: Omit<HandshakeOptions, 'clock'>): TLSSocket {
  // Memory for each chunk would double the work of the garbage collector. The types of `tls.connect` lack `onread`,
  // which it documents.
  const onread = {
    buffer: Buffer.allocUnsafeSlow(READ_BYTES),
    callback: (length: number, buffer: Buffer): boolean => {
      const isHeard = socket.emit('data', buffer.subarray(0, length))
      if (!isHeard) socket.destroy(codedError('EPROTO', 'bytes before any request'))
      return true
    },
  }
  const options = { ...tls, host: ip, port, ...verifyingOptions(name), onread }
  const socket = connect(options)
  socket.setKeepAlive(true, KEEP_ALIVE_DELAY_MS)
  socket.setNoDelay(true)
  return socket
}

function timeout(host: string, port: number): Error {
  const seconds = SILENCE_MS / 1000
  return codedError('ETIMEDOUT', `no response from ${addressText({ host, port })} in ${seconds} s`)
}
