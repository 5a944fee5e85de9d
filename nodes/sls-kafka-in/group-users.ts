import type { Node } from 'node-red'
import type { ConsumerOptions } from '../../lib/config/consumer-options'
import { startAddress } from '../../lib/config/project-options'

/** What the consumers of this process read, in the order in which they were made. */
const users = new Map<Node, string>()

/** @returns a function that takes the node off again */
export function enterGroup(node: Node, options: ConsumerOptions): () => void {
  users.set(node, readingOf(options))
  return () => {
    users.delete(node)
  }
}

/** A node that reads the same logstore in the same group and was there before, so that one warns. */
export function sharesWith(node: Node): Node | undefined {
  const reading = users.get(node)
  for (const [other, read] of users) {
    if (other === node) return undefined
    if (read === reading) return other
  }
  return undefined
}

/** Two groups of one name are the same only in the same project of the same service. */
function readingOf({ project, group, logstore }: ConsumerOptions): string {
  const { host, port } = startAddress(project)
  return JSON.stringify([host, port, project.project, group, logstore])
}
