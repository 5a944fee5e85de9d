import { once } from 'node:events'
import { runCommand } from '../shared/command-line'
import { languageOf } from '../../lib/language'
import { checkOrders } from './check-orders'
import { checkRecords } from './check-records'
import { checkReadBack, checkWriting } from './check-writing'
import { startDemo, type RunningDemo } from './demo'
import { HELP, parseCommandLine, USUAL_PORT, type DemoOptions } from './options'
import { isFree, quietPort } from './port'
import { PROGRESS, welcome } from './welcome'

const language = languageOf(undefined, process.env)

async function main(options: DemoOptions): Promise<number> {
  const stopWanted = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
  const port = await choosePort(options)
  print(PROGRESS[language].starting)
  const demo = await startDemo({ ...options, port, log: warn })
  try {
    await Promise.race([stopWanted, demo.failed, run(demo, options, port)])
  } finally {
    if (!options.isCheck) print(PROGRESS[language].stopping)
    await demo.stop()
  }
  return 0
}

/** Resolves when the check is complete; never without a check. */
async function run(demo: RunningDemo, options: DemoOptions, port: number): Promise<void> {
  if (options.isCheck) {
    await checkRecords(demo, print)
    await checkWriting(demo, print)
    await checkOrders(demo, print)
    await checkReadBack(demo, print)
    return
  }
  const isOtherPort = options.port === undefined && port !== USUAL_PORT
  const { url, bootstrap } = demo
  print(welcome({ url, bootstrap, isOtherPort, file: options.file }, language))
  const count = await demo.fed
  print(PROGRESS[language].allWritten(count, options.file ?? ''))
  await new Promise(() => undefined)
}

/** Rejects if the wanted port is taken. */
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

void runCommand({ help: HELP, parse: parseCommandLine, run: main })
