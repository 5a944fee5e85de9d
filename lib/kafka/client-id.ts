import { createHash, randomBytes } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname, networkInterfaces } from 'node:os'

/**
 * First part of every client id. SLS's own logs show the client id behind `kafka-forwarder`, so that an
 * operator can find the node that reads.
 */
const PRODUCT = 'node-red-sls-kafka'

interface ClientIdParts {
  /** Product, host name and node id. */
  readonly owner: string
  /** Names the machine or container in which process ids are unique. */
  readonly space: string
  readonly pid: number
}

const runningClientIds = new Set<string>()

/**
 * Makes a client id that differs from every other one, including those of the same node before a redeploy.
 *
 * @param node the id of the Node-RED node
 */
export function newClientId(node: string): string {
  const run = [processNamespace(), process.pid, randomBytes(4).toString('hex')].join('.')
  return [PRODUCT, hostname(), node, run].join('/')
}

/** Records that this process uses the client id. @returns a function that ends that use */
export function markRunning(clientId: string): () => void {
  runningClientIds.add(clientId)
  return () => {
    runningClientIds.delete(clientId)
  }
}

/**
 * Whether the client id belongs to an earlier run of the same node that has certainly ended. The function
 * never guesses: two Node-REDs with copied user directories would evict each other from the group.
 */
export function isStaleClientId(clientId: string, ownClientId: string): boolean {
  const candidate = parse(clientId)
  const current = parse(ownClientId)
  if (!candidate || !current || runningClientIds.has(clientId)) return false
  if (candidate.owner !== current.owner || candidate.space !== current.space) return false
  return candidate.pid === process.pid || !isRunning(candidate.pid)
}

function parse(clientId: string): ClientIdParts | null {
  const match = /^(.+)\/([0-9a-f]+)\.(\d+)\.[0-9a-f]+$/.exec(clientId)
  if (!match) return null
  const [, owner = '', space = '', pid] = match
  return { owner, space, pid: Number(pid) }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // A process that cannot be signalled (EPERM) runs.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

/**
 * Identifies where a process id is unique. On Linux this is the boot id with the PID namespace, because
 * each container numbers its own processes. On other systems this is the host name with all MAC addresses.
 */
function processNamespace(): string {
  const facts = linuxFacts() ?? Object.values(networkInterfaces()).flatMap(macAddresses).sort()
  return createHash('sha256')
    .update([hostname(), ...facts].join())
    .digest('hex')
    .slice(0, 8)
}

function linuxFacts(): string[] | null {
  try {
    return [
      readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
      readlinkSync('/proc/self/ns/pid'),
    ]
  } catch {
    return null
  }
}

function macAddresses(cards: readonly { mac: string }[] = []): string[] {
  return cards.map(({ mac }) => mac)
}
