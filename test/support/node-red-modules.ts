import { createRequire } from 'node:module'

const requireInNodeRed = createRequire(require.resolve('node-red'))

/** Loads a module that Node-RED depends on, in the version that Node-RED itself loads. */
export function nodeRedModule(name: string): unknown {
  return requireInNodeRed(name)
}

/** Loads a core node by its path, such as `sequence/17-split`. Returns the function that registers it. */
export function coreNode(path: string): unknown {
  return nodeRedModule(`@node-red/nodes/core/${path}.js`)
}

/** The path of a file in a module that Node-RED depends on. */
export function nodeRedFile(name: string): string {
  return requireInNodeRed.resolve(name)
}
