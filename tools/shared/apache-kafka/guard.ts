// Runs a program and ends it at once on SIGTERM, or when the process that started this one is gone,
// however that ended: a JVM does not notice by itself. Then it removes the program's folder.
// A message names a signal that ends the program, and then its folder stays.
// Arguments: the folder, the program, the program's arguments.
import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'

const [folder = '', program = '', ...args] = process.argv.slice(2)
const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'] })
let keepsFolder = false

process.once('disconnect', () => {
  keepsFolder = false
  child.kill('SIGKILL')
})
process.once('SIGTERM', () => {
  keepsFolder = false
  child.kill('SIGKILL')
})
process.on('message', (signal: NodeJS.Signals) => {
  keepsFolder = true
  child.kill(signal)
})
child.once('error', (error) => {
  process.stderr.write(`${program}: ${error.message}\n`)
  finish(1)
})
child.once('exit', (code) => {
  finish(code ?? 1)
})

function finish(code: number): void {
  if (!keepsFolder) rmSync(folder, { recursive: true, force: true })
  process.exit(code)
}
