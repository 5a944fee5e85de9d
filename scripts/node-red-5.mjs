// Installs Node-RED 5 and Node.js 24, whatever this machine has: both come from npm, into a folder of
// their own that git ignores.
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = join(dirname(fileURLToPath(import.meta.url)), '..')

const home = join(root, '.cache', 'node-red-5')
const versions = { node: '^24.21.0', 'node-red': '^5.0.7' }

/** Returns the environment variables by which the tests find them. */
export function installNodeRed5() {
  mkdirSync(home, { recursive: true })
  writeFileSync(
    join(home, 'package.json'),
    JSON.stringify({ name: 'node-red-5', private: true, dependencies: versions }),
  )
  console.error(`installing Node-RED ${versions['node-red']} and Node.js ${versions.node}`)
  run('npm', ['install', '--no-audit', '--no-fund', '--loglevel', 'error'], { cwd: home })
  const environment = {
    NODE_RED_HOME: join(home, 'node_modules', 'node-red'),
    NODE_BINARY: join(home, 'node_modules', 'node', 'bin', 'node'),
  }
  run(environment.NODE_BINARY, ['--version'])
  return environment
}

/** Runs mocha with this Node.js; only the Node-RED under test gets another one. */
export function mocha(args, env = {}) {
  run(process.execPath, [join(root, 'node_modules', 'mocha', 'bin', 'mocha.js'), ...args], { env })
}

function run(command, args, { env = {}, ...options } = {}) {
  try {
    execFileSync(command, args, {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, ...env },
      ...options,
    })
  } catch (error) {
    // What went wrong was printed by the command itself.
    process.exit(error.status ?? 1)
  }
}
