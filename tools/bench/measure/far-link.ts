import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import type { Resources } from '../../shared/resources'
import { Endpoint } from './endpoint'

/** An emulator, and the port through which its clients reach it over the link. */
export interface FarEndpoint {
  readonly endpoint: Endpoint
  readonly port: number
}

/**
 * Starts an emulator at the far end of a link with a long delay.
 *
 * @param rttMs that the link adds to each round trip
 */
export async function startFarEndpoint(resources: Resources, rttMs: number): Promise<FarEndpoint> {
  // kafkajs connects to the advertised address, so the emulator must advertise the link.
  let target = 0
  const { port } = await resources.started(startFarLink(() => target, rttMs))
  const endpoint = await Endpoint.start(resources, ['--advertise', `localhost:${port}`])
  target = endpoint.service.port
  return { endpoint, port }
}

interface FarLink {
  readonly port: number
  stop(): Promise<void>
}

/** A proxy to a port of this machine that delays every byte by half a round trip, in both directions. */
async function startFarLink(target: () => number, rtt: number): Promise<FarLink> {
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(target(), 'localhost')
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.setNoDelay(true)
      socket.once('close', () => {
        sockets.delete(socket)
        near.destroy()
        far.destroy()
      })
      // "close" follows.
      socket.on('error', () => undefined)
    }
    carry(near, far, rtt / 2)
    carry(far, near, rtt / 2)
  })
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve()
        })
        for (const socket of sockets) socket.destroy()
      }),
  }
}

/** Keeps the order, because timers of the same length end in the order of their start. */
function carry(from: Socket, to: Socket, ms: number): void {
  from.on('data', (bytes: Buffer) => {
    setTimeout(() => {
      if (!to.destroyed) to.write(bytes)
    }, ms)
  })
}
