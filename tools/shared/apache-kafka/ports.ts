import { createServer, type AddressInfo, type Server } from 'node:net'

/** Ports returned so far. Their servers can still be starting, so that the system may offer them again. */
const returned = new Set<number>()

/** Ports on loopback that are free now, and that no earlier call in this process has returned. */
export async function freePorts(count: number): Promise<number[]> {
  const servers: Server[] = []
  const ports: number[] = []
  while (ports.length < count) {
    const server = await listen()
    servers.push(server)
    const { port } = server.address() as AddressInfo
    if (returned.has(port)) continue
    returned.add(port)
    ports.push(port)
  }
  await Promise.all(servers.map(close))
  return ports
}

function listen(): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      resolve(server)
    })
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve()
    })
  })
}
