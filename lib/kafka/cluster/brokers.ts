import { SlsKafkaError } from '../../errors'
import { startAddress, type ProjectOptions } from '../../config/project-options'

/** Where a broker listens. */
export interface Address {
  /** A name, or an IP address without brackets. */
  readonly host: string
  readonly port: number
}

/** `host:port`, with brackets around an IPv6 address. */
export function addressText({ host, port }: Address): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** A Kafka server, as the service tells its clients to reach it. */
export interface Broker extends Address {
  /** -1 for the address in the settings, before the service has named its brokers. */
  readonly nodeId: number
}

/** The broker that a client asks first, or when it knows no other. */
export function seedBroker(project: ProjectOptions): Broker {
  return { nodeId: -1, ...startAddress(project) }
}

export function brokerText(broker: Broker): string {
  return `${broker.nodeId} ${addressText(broker)}`
}

/**
 * The AccessKey goes to every broker that is dialled, in plain text inside TLS, and any host can hold a
 * valid certificate of its own. So an advertised host must lie in the endpoint's domain, unless all
 * connections go to the bootstrap address anyway.
 *
 * @throws SlsKafkaError with the code SLS_UNEXPECTED_BROKER
 */
export function refuseForeignHost(
  { address, bootstrap, project }: ProjectOptions,
  host: string,
): void {
  if (bootstrap || !address) return
  const domain = address.host.slice(project.length + 1).toLowerCase()
  const name = host.toLowerCase()
  if (name === domain || name.endsWith(`.${domain}`)) return
  throw new SlsKafkaError('SLS_UNEXPECTED_BROKER', { host, domain })
}
