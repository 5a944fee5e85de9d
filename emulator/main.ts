import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { access, constants, mkdir, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { ControlServer } from './control/control-server'
import { Emulator } from './emulator'
import { feed } from './input/feed'
import { HELP, parseCommandLine, UsageError, type CliOptions } from './options'
import { readyLine, readyTable } from './ready'
import { LogstoreError } from './store/logstore'

const DEFAULT_CA_FILE = '.cache/emulator-ca.pem'
const EXIT_FAILED = 1
const EXIT_USAGE = 2

async function main(): Promise<void> {
  const options = parseCommandLine(process.argv.slice(2))
  if (!options) {
    process.stdout.write(HELP)
    return
  }
  if (options.file !== undefined) await checkReadable(options.file)
  const emulator = await Emulator.start({ ...options.emulator, log })
  const control =
    options.controlPort === undefined
      ? undefined
      : await ControlServer.start(emulator, options.controlPort)
  const stopped = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
  const caFile = await writeCaFile(options, emulator.certificate.ca)
  const details = { emulator, controlPort: control?.port, caFile }
  process.stdout.write(options.isReadyJson ? readyLine(details) : readyTable(details))

  await Promise.race([stopped, readInput(options, emulator)])
  await control?.stop()
  await emulator.stop()
  // Standard input may be a terminal or a pipe that stays open for ever.
  process.stdin.destroy()
}

/** Settles only if the end of the input is the end of the endpoint. */
async function readInput(options: CliOptions, emulator: Emulator): Promise<void> {
  const [logstore] = emulator.project.logstores
  if (logstore) {
    const stream = options.file === undefined ? process.stdin : createReadStream(options.file)
    const count = await feed(stream, logstore)
    if (count > 0) log(`${count} logs read into ${logstore.name}`)
  }
  const ends = options.stopsOnStdinEnd && options.file === undefined
  if (!ends) await new Promise(() => undefined)
}

async function checkReadable(file: string): Promise<void> {
  try {
    await access(file, constants.R_OK)
  } catch {
    throw new UsageError(`cannot read the file ${file}`)
  }
}

async function writeCaFile(options: CliOptions, ca: string): Promise<string | undefined> {
  // A program gets the certificate with the line of JSON.
  const file = options.caFile ?? (options.isReadyJson ? undefined : DEFAULT_CA_FILE)
  if (file === undefined) return undefined
  const path = resolve(file)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, ca)
  return path
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
    const message = `port ${port ?? ''} is taken: stop the program that uses it, or choose another with --port`
    return { message, exitCode: EXIT_FAILED }
  }
  return { message: error instanceof Error ? error.message : String(error), exitCode: EXIT_FAILED }
}

main().catch((error: unknown) => {
  const { message, exitCode } = explain(error)
  log(message)
  process.exit(exitCode)
})
