import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import type { Resources } from '../../test/support/resources'
import { Endpoint } from './endpoint'

/** An endpoint with the port by which all of its clients reach it over the link. */
export interface FarEndpoint {
  readonly endpoint: Endpoint
  readonly port: number
}

/**
 * An endpoint of its own at the far end of a link.
 *
 * @param rttMs that the link adds to each round trip
 */
export async function startFarEndpoint(resources: Resources, rttMs: number): Promise<FarEndpoint> {
  // Stock kafkajs goes where the endpoint sends it, so that has to be the far link as well.
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

/** A way to a port of this machine on which every byte takes half a round trip, there and back. */
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

/** In order: timers of the same length end in the order in which they were started. */
function carry(from: Socket, to: Socket, ms: number): void {
  from.on('data', (bytes: Buffer) => {
    setTimeout(() => {
      if (!to.destroyed) to.write(bytes)
    }, ms)
  })
}
