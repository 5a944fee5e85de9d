import { once } from 'node:events'
import { checkOrders } from './check-orders'
import { checkRecords } from './check-records'
import { startDemo, type RunningDemo } from './demo'
import { HELP, parseCommandLine, UsageError, USUAL_PORT, type DemoOptions } from './options'
import { isFree, quietPort } from './port'
import { welcome } from './welcome'

const EXIT_FAILED = 1
const EXIT_USAGE = 2

async function main(): Promise<void> {
  const options = await parseCommandLine(process.argv.slice(2))
  if (!options) {
    print(HELP)
    return
  }
  const stopWanted = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
  const port = await choosePort(options)
  print('Starting the local SLS Kafka endpoint and Node-RED ...')
  const demo = await startDemo({ ...options, port, log: warn })
  try {
    await Promise.race([stopWanted, demo.failed, run(demo, options, port)])
  } finally {
    if (!options.isCheck) print('Stopping ...')
    await demo.stop()
  }
}

/** Resolves when there is nothing more to do. */
async function run(demo: RunningDemo, options: DemoOptions, port: number): Promise<void> {
  if (options.isCheck) {
    await checkRecords(demo, print)
    await checkOrders(demo, print)
    return
  }
  const isOtherPort = options.port === undefined && port !== USUAL_PORT
  print(welcome(demo, { isOtherPort, file: options.file }))
  const count = await demo.fed
  print(`All ${count} lines of ${options.file ?? ''} have been fed. Ctrl-C stops the demo.`)
  await new Promise(() => undefined)
}

/** Throws if the port that was asked for is taken. */
async function choosePort({ port, isCheck }: DemoOptions): Promise<number> {
  if (port !== undefined) {
    if (await isFree(port)) return port
    throw new Error(`port ${port} is taken: stop the program that uses it, or leave --port out`)
  }
  return !isCheck && (await isFree(USUAL_PORT)) ? USUAL_PORT : quietPort()
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

function warn(text: string): void {
  process.stderr.write(`${text}\n`)
}

main().catch((error: unknown) => {
  const isUsage = error instanceof UsageError
  const message = error instanceof Error ? error.message : String(error)
  warn(isUsage ? `${message} (--help lists the options)` : message)
  process.exitCode = isUsage ? EXIT_USAGE : EXIT_FAILED
})
