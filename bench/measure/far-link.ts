import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

export interface FarLink {
  readonly port: number
  stop(): Promise<void>
}

/** A way to a port of this machine on which every byte takes half a round trip, there and back. */
export async function startFarLink(target: () => number, rtt: number): Promise<FarLink> {
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
