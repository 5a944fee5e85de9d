import type { Socket } from 'node:net'
import type { OnError } from '../guarded'

/**
 * What comes may be no Kafka at all. kafkajs reads it where the socket hands it over, so that what it
 * throws there would end the process; here it ends the connection. So does what any other listener of
 * the socket throws.
 *
 * @param onError is told what is thrown when the connection has ended
 */
export function containErrors(socket: Socket, onError: OnError): void {
  const emit = socket.emit.bind(socket)
  socket.emit = (event: string | symbol, ...parameters: unknown[]): boolean => {
    try {
      return emit(event, ...parameters)
    } catch (error) {
      if (socket.destroyed) onError(error)
      else socket.destroy(error as Error)
      return true
    }
  }
}
