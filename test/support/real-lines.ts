import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryRoot } from '../../tools/shared/repository'

/**
 * Real text of this machine, each line different from every other: the package manager's log, the
 * file lists of the installed packages, licences, and the documentation and type declarations of
 * the installed npm packages.
 * The same lines in the same order at every call, as long as nothing is installed.
 * @throws Error if the machine has fewer than `count`
 */
export function realLines(count: number): string[] {
  const lines = new Set<string>()
  for (const path of sources()) {
    for (const line of readFileSync(path, 'utf8').split('\n')) {
      if (line.trim() !== '') lines.add(line)
      if (lines.size === count) return [...lines]
    }
  }
  throw new Error(
    `${count} real lines wanted, only ${lines.size} found in the logs and file lists of dpkg and ` +
      'the texts under node_modules',
  )
}

function* sources(): Generator<string> {
  yield* ['/var/log/dpkg.log', '/var/log/apt/history.log'].filter((path) => existsSync(path))
  yield* files('/var/lib/dpkg/info', '.list')
  yield* files('/usr/share/common-licenses', '')
  yield* files(join(repositoryRoot(), 'node_modules'), '.md')
  yield* files(join(repositoryRoot(), 'node_modules'), '.d.ts')
}

/** The files below a folder, sorted, so that the order does not depend on the file system. */
function* files(folder: string, suffix: string): Generator<string> {
  if (!existsSync(folder)) return
  const entries = readdirSync(folder, { withFileTypes: true })
  entries.sort((a, b) => (a.name < b.name ? -1 : 1))
  for (const entry of entries) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* files(path, suffix)
    else if (entry.isFile() && entry.name.endsWith(suffix)) yield path
  }
}
