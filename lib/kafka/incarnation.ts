import { createHash, randomBytes } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname, networkInterfaces } from 'node:os'

/**
 * Client ids that tell a consumer's lives apart. Unlike any other, also that of the same node after a
 * redeploy; SLS's own logs show it behind `kafka-forwarder`, so that an operator finds out which node
 * reads. Its parts say where a life was lived, so that the next one can know that it is over.
 */
const PRODUCT = 'node-red-sls-kafka'

interface Incarnation {
  readonly owner: string
  /** Within which process ids are unique. */
  readonly space: string
  readonly pid: number
}

const living = new Set<string>()

/** @param node the id of the Node-RED node */
export function newClientId(node: string): string {
  const life = [processSpace(), process.pid, randomBytes(4).toString('hex')].join('.')
  return [PRODUCT, hostname(), node, life].join('/')
}

/** @returns a function that says that this life is over */
export function begin(clientId: string): () => void {
  living.add(clientId)
  return () => {
    living.delete(clientId)
  }
}

/**
 * Whether a client id is that of a former life of the same node, which is known to be over. Never a
 * guess: two Node-REDs with copied user directories would take each other out of the group.
 */
export function isFormerLife(clientId: string, own: string): boolean {
  const former = parse(clientId)
  const current = parse(own)
  if (!former || !current || living.has(clientId)) return false
  if (former.owner !== current.owner || former.space !== current.space) return false
  return former.pid === process.pid || !isRunning(former.pid)
}

function parse(clientId: string): Incarnation | null {
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
    // One that may not be signalled runs.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

/**
 * The machine since it was started, and on Linux the namespace: a container numbers its processes by
 * itself. Elsewhere the addresses of the network cards tell machines of the same name apart.
 */
function processSpace(): string {
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
