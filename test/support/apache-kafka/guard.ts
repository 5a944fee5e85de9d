// Runs a program and ends it at once on SIGTERM, or when the process that started this one is gone,
// however that ended: a JVM does not notice by itself. Then it removes the program's folder.
// Arguments: the folder, the program, the program's arguments.
import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'

const [folder = '', program = '', ...args] = process.argv.slice(2)
const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'] })

process.once('disconnect', () => child.kill('SIGKILL'))
process.once('SIGTERM', () => child.kill('SIGKILL'))
child.once('error', (error) => {
  process.stderr.write(`${program}: ${error.message}\n`)
  finish(1)
})
child.once('exit', (code) => {
  finish(code ?? 1)
})

function finish(code: number): void {
  rmSync(folder, { recursive: true, force: true })
  process.exit(code)
}
