import type { Node } from 'node-red'
import type { ConsumerOptions } from '../../../lib/config/consumer-options'
import { startAddress } from '../../../lib/config/project-options'

/** The source of each consumer of this process, in the order of creation. */
const sources = new Map<Node, string>()

/** Registers the source of a node. @returns a function that removes the node */
export function enterGroup(node: Node, options: ConsumerOptions): () => void {
  sources.set(node, sourceKeyOf(options))
  return () => {
    sources.delete(node)
  }
}

/** An older node with the same logstore and group; undefined if there is none. Only the newer node warns. */
export function nodeInSameGroup(node: Node): Node | undefined {
  const source = sources.get(node)
  for (const [other, otherSource] of sources) {
    if (other === node) return undefined
    if (otherSource === source) return other
  }
  return undefined
}

/** A key for address, project, group and logstore. Groups with one name are the same only within a project. */
function sourceKeyOf({ project, group, logstore }: ConsumerOptions): string {
  const { host, port } = startAddress(project)
  return JSON.stringify([host, port, project.project, group, logstore])
}
