import type { Socket } from 'node:net'

/**
 * What comes may be no Kafka at all. kafkajs reads it where the socket hands it over, so that what it
 * throws there would end the process; here it ends the connection.
 */
export function containErrors(socket: Socket): void {
  const emit = socket.emit.bind(socket)
  socket.emit = (event: string | symbol, ...parameters: unknown[]): boolean => {
    if (event !== 'data') return emit(event, ...parameters)
    try {
      return emit(event, ...parameters)
    } catch (error) {
      socket.destroy(error as Error)
      return true
    }
  }
}
