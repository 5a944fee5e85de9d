import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'

/** Packet types of MQTT 3.1.1, in the upper half of the first byte. */
const PACKET = { connect: 1, publish: 3, publishAck: 4, subscribe: 8 } as const
const CONNECT_ACCEPTED = Buffer.from([0x20, 2, 0, 0])

export interface MqttBroker {
  readonly port: number
  /** Sends a message with QoS 1 to the client. Resolves when the client has confirmed it. */
  publish(topic: string, payload: string): Promise<void>
  stop(): Promise<void>
}

/** A broker on loopback for one client with one subscription. Its packets are shorter than 128 bytes. */
export async function startMqttBroker(): Promise<MqttBroker> {
  const sockets = new Set<Socket>()
  const subscribed = new Deferred<Socket>()
  let confirmed = new Deferred<undefined>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    let rest = Buffer.alloc(0)
    socket.on('data', (chunk) => {
      rest = Buffer.concat([rest, chunk])
      while (rest.length >= 2 && rest.length >= 2 + (rest[1] ?? 0)) {
        const end = 2 + (rest[1] ?? 0)
        answer(socket, rest.subarray(0, end))
        rest = rest.subarray(end)
      }
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  function answer(socket: Socket, packet: Buffer): void {
    switch ((packet[0] ?? 0) >> 4) {
      case PACKET.connect:
        socket.write(CONNECT_ACCEPTED)
        break
      case PACKET.subscribe:
        socket.write(Buffer.from([0x90, 3, packet[2] ?? 0, packet[3] ?? 0, 1]))
        subscribed.resolve(socket)
        break
      case PACKET.publishAck:
        confirmed.resolve(undefined)
    }
  }

  return {
    port: (server.address() as AddressInfo).port,
    async publish(topic, payload) {
      const socket = await subscribed.promise
      confirmed = new Deferred()
      const name = Buffer.from(topic)
      const body = Buffer.concat([
        Buffer.from([0, name.length]),
        name,
        Buffer.from([0, 1]),
        Buffer.from(payload),
      ])
      socket.write(Buffer.concat([Buffer.from([(PACKET.publish << 4) | 2, body.length]), body]))
      await confirmed.promise
    },
    async stop() {
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

class Deferred<T> {
  readonly promise: Promise<T>
  resolve: (value: T) => void = () => undefined

  constructor() {
    this.promise = new Promise((resolve) => (this.resolve = resolve))
  }
}
