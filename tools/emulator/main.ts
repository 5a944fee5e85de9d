import { once } from 'node:events'
import { open } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { runCommand, UsageError } from '../shared/command-line'
import { ControlServer } from './control/control-server'
import { Emulator } from './emulator'
import { feed } from './input/feed'
import { HELP } from './help'
import { parseCommandLine, type CliOptions } from './options'
import { readyLine, readyTable } from './ready'
import { LogstoreError } from './store/logstore'

async function main(options: CliOptions): Promise<number> {
  const input = options.file === undefined ? process.stdin : await openFile(options.file)
  const stopWanted = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
  const emulator = await Emulator.start({ ...options.emulator, log }).catch(explain)
  const control =
    options.controlPort === undefined
      ? undefined
      : await ControlServer.start(emulator, options.controlPort).catch(explain)

  const readsTerminal = input === process.stdin && process.stdin.isTTY
  const details = { emulator, controlPort: control?.port, readsTerminal }
  process.stdout.write(options.isReadyJson ? readyLine(details) : readyTable(details))

  await Promise.race([stopWanted, readInput(input, emulator, options)])
  input.destroy() // it may be a terminal or a pipe that never ends
  await control?.stop()
  await emulator.stop()
  return 0
}

/** Settles when the input fails, or ends and the emulator must stop with it. */
async function readInput(
  input: Readable,
  emulator: Emulator,
  { stopsOnStdinEnd }: CliOptions,
): Promise<void> {
  const [logstore] = emulator.project.logstores
  if (!logstore) return
  const count = await feed(input, logstore)
  if (count > 0) log(`${count} logs read into ${logstore.name}`)
  if (stopsOnStdinEnd && input === process.stdin) return
  await new Promise(() => undefined)
}

async function openFile(path: string): Promise<Readable> {
  const file = await open(path).catch(() => undefined)
  if (!file || (await file.stat()).isDirectory()) {
    throw new UsageError(`cannot read the file ${path}`)
  }
  return file.createReadStream()
}

/** Logs to standard error: standard output is for the table or the line of JSON. */
function log(line: string): void {
  process.stderr.write(`${line}\n`)
}

/** Throws an error that says what the user can do. */
function explain(error: unknown): never {
  if (error instanceof LogstoreError) throw new UsageError(error.message)
  const { code, port } = error as NodeJS.ErrnoException & { port?: number }
  if (code !== 'EADDRINUSE') throw error
  throw new Error(
    `port ${port ?? ''} is taken: stop the program that uses it, or choose another one (--port, --control-port)`,
  )
}

void runCommand({ help: HELP, parse: parseCommandLine, run: main }).then(() => {
  // After an error, the listener or standard input would keep the process alive.
  if (process.exitCode) process.exit()
})
