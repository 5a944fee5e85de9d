// What the tests run on beside what this machine has: it comes from npm, into folders of their own that
// git ignores.
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')

/** Installs packages, by name and version, into a folder of this name. Returns their `node_modules`. */
export function install(name, dependencies) {
  const home = join(root, '.cache', name)
  mkdirSync(home, { recursive: true })
  writeFileSync(join(home, 'package.json'), JSON.stringify({ name, private: true, dependencies }))
  const wanted = Object.entries(dependencies).map((entry) => entry.join(' '))
  console.error(`installing ${wanted.join(' and ')}`)
  run('npm', ['install', '--no-audit', '--no-fund', '--loglevel', 'error'], { cwd: home })
  return join(home, 'node_modules')
}

/** The program of an installed npm package `node`. Prints its version. */
export function nodeIn(modules) {
  const binary = join(modules, 'node', 'bin', 'node')
  run(binary, ['--version'])
  return binary
}

/** Runs mocha, with this Node.js unless another one is given. */
export function mocha(args, env = {}, node = process.execPath) {
  run(node, [join(root, 'node_modules', 'mocha', 'bin', 'mocha.js'), ...args], { env })
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
