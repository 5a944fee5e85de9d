import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The root of this repository, wherever under it the compiled file lies. */
export function repositoryRoot(): string {
  let folder = __dirname
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder)
    if (parent === folder) throw new Error(`No package.json above ${__dirname}`)
    folder = parent
  }
  return folder
}
