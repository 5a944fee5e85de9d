import { existsSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The start script of the Node-RED under test.
 * @param home a Node-RED folder, or a folder where Node-RED was installed; the dev dependency if undefined
 */
export function nodeRedScript(home: string | undefined): string {
  if (home === undefined) return require.resolve('node-red/red.js')
  const candidates = [join(home, 'red.js'), join(home, 'node_modules', 'node-red', 'red.js')]
  const script = candidates.find((path) => existsSync(path))
  if (script === undefined)
    throw new Error(`No Node-RED in ${home}: no ${candidates.join(', no ')}`)
  return script
}
