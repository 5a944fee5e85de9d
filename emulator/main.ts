import { once } from 'node:events'
import { open } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { ControlServer } from './control/control-server'
import { Emulator } from './emulator'
import { feed } from './input/feed'
import { HELP } from './help'
import { parseCommandLine, UsageError, type CliOptions } from './options'
import { readyLine, readyTable } from './ready'
import { LogstoreError } from './store/logstore'

const EXIT_FAILED = 1
const EXIT_USAGE = 2

async function main(): Promise<void> {
  const options = parseCommandLine(process.argv.slice(2))
  if (!options) {
    process.stdout.write(HELP)
    return
  }
  const input = options.file === undefined ? process.stdin : await openFile(options.file)
  const stopWanted = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
  const emulator = await Emulator.start({ ...options.emulator, log })
  const control =
    options.controlPort === undefined
      ? undefined
      : await ControlServer.start(emulator, options.controlPort)

  const readsTerminal = input === process.stdin && process.stdin.isTTY
  const details = { emulator, controlPort: control?.port, readsTerminal }
  process.stdout.write(options.isReadyJson ? readyLine(details) : readyTable(details))

  await Promise.race([stopWanted, readInput(input, emulator, options)])
  input.destroy() // it may be a terminal or a pipe that never ends
  await control?.stop()
  await emulator.stop()
}

/** Settles when the input fails, and when it ends if that shall be the end of the endpoint. */
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

/** Standard output is for the table or the line of JSON. */
function log(line: string): void {
  process.stderr.write(`${line}\n`)
}

function explain(error: unknown): { message: string; exitCode: number } {
  if (error instanceof UsageError || error instanceof LogstoreError) {
    return { message: `${error.message} (--help lists the options)`, exitCode: EXIT_USAGE }
  }
  const { code, port } = error as NodeJS.ErrnoException & { port?: number }
  if (code === 'EADDRINUSE') {
    const message = `port ${port ?? ''} is taken: stop the program that uses it, or choose another one (--port, --control-port)`
    return { message, exitCode: EXIT_FAILED }
  }
  return { message: error instanceof Error ? error.message : String(error), exitCode: EXIT_FAILED }
}

main().catch((error: unknown) => {
  const { message, exitCode } = explain(error)
  log(message)
  process.exit(exitCode)
})
