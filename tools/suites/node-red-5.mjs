// Installs Node-RED 5 and Node.js 24, whatever this machine has.
import { join } from 'node:path'
import { install, nodeIn } from './installed.mjs'

export { mocha } from './installed.mjs'

/** Returns the environment variables by which the tests find them: this Node.js runs the tests. */
export function installNodeRed5() {
  const modules = install('node-red-5', { node: '^24.21.0', 'node-red': '^5.0.7' })
  return { NODE_RED_HOME: join(modules, 'node-red'), NODE_BINARY: nodeIn(modules) }
}
