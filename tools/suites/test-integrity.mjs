// Runs the integrity suite; with --full also what takes minutes, in full length. Other arguments go to mocha.
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const mocha = join(root, 'node_modules', 'mocha', 'bin', 'mocha.js')
const given = process.argv.slice(2)
const isFull = given.includes('--full')
if (!isFull)
  console.log('short forms; what takes minutes is left out and shown as pending: -- --full')

const { status } = spawnSync(
  process.execPath,
  [
    mocha,
    ...['--config', 'test/integrity/.mocharc.json'],
    ...given.filter((argument) => argument !== '--full'),
  ],
  {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...(isFull && { INTEGRITY_FULL: '1' }) },
  },
)
process.exit(status ?? 1)
