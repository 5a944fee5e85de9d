// Loaded into Node-RED before anything else (NODE_OPTIONS): the hosts of a project are this machine,
// and the ports of the service that of the emulator. So a dialog is filled in as it is for
// Alibaba Cloud. Any other name and any other port stays what it is.
import dns from 'node:dns'
import { syncBuiltinESMExports } from 'node:module'
import net from 'node:net'

export const LOCAL_PORT = 'LOCAL_ENDPOINT_PORT'

/** The project that exists, in the one region in which it does. */
export const PROJECT = 'shop-prod'
export const REGION = 'cn-hangzhou'
export const HOST = `${PROJECT}.${REGION}.log.aliyuncs.com`

const PORTS = [10011, 10012]
const NAMES = [HOST, `${PROJECT}.${REGION}-intranet.log.aliyuncs.com`]
/** A client can dial the address that it has looked up. */
const HOSTS = [...NAMES, '127.0.0.1']

type Lookup = (name: string, ...rest: unknown[]) => unknown

interface Target {
  host?: string
  port?: number | string
}

const port = process.env[LOCAL_PORT]

if (port !== undefined) {
  const local = (lookup: Lookup): Lookup => {
    const found: Lookup = (name, ...rest) =>
      lookup(NAMES.includes(name) ? '127.0.0.1' : name, ...rest)
    return Object.assign(found, lookup)
  }
  dns.lookup = local(dns.lookup as unknown as Lookup) as unknown as typeof dns.lookup
  dns.promises.lookup = local(dns.promises.lookup) as typeof dns.promises.lookup

  // eslint-disable-next-line @typescript-eslint/unbound-method -- called on the socket it is called on
  const connect = net.Socket.prototype.connect as (...args: unknown[]) => net.Socket
  net.Socket.prototype.connect = function (this: net.Socket, ...args: unknown[]): net.Socket {
    const target = (Array.isArray(args[0]) ? args[0][0] : args[0]) as Target | undefined
    if (HOSTS.includes(target?.host ?? '') && PORTS.includes(Number(target?.port))) {
      Object.assign(target ?? {}, { port: Number(port) })
    }
    return connect.apply(this, args)
  }
  syncBuiltinESMExports()
}
