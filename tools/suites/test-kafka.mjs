// Runs the tests on Apache Kafka; with --full also those on other generations of it, and those that take
// minutes. Other arguments go to mocha.
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const mocha = join(root, 'node_modules', 'mocha', 'bin', 'mocha.js')
const given = process.argv.slice(2)
const isFull = given.includes('--full')
const others = given.filter((argument) => argument !== '--full')
if (!isFull)
  console.log('Apache Kafka 3.9; other generations and long tests are pending: -- --full')

function run(...args) {
  const { status } = spawnSync(process.execPath, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...(isFull && { KAFKA_FULL: '1' }) },
  })
  return status ?? 1
}

let status = run('dist/test/broker/prepare.js', ...(isFull ? ['2.2', '3.9', '4.3'] : ['3.9']))
// What several brokers do is measured, so nothing else runs beside it.
for (const config of ['.mocharc.json', '.mocharc.serial.json']) {
  if (status === 0) status = run(mocha, '--config', `test/broker/${config}`, ...others)
}
process.exit(status)
