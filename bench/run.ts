// One run of one client, in a process of its own.
import { ours } from './ours'
import type { Client, ClientName, RunRequest, RunResult } from './protocol'
import { stock } from './stock'

const MAKERS: Readonly<Record<ClientName, () => Client>> = {
  'ours-record': () => ours({ emit: 'record' }),
  'ours-acked': () => ours({ emit: 'record', commit: 'onAck' }),
  'ours-batch': () => ours({ emit: 'batch', batchSize: 1000, batchWait: 10 }),
  'stock-record': () => stock('record'),
  'stock-batch': () => stock('batch'),
}

async function run(request: RunRequest): Promise<RunResult> {
  const client = MAKERS[request.client]()
  let received = 0
  let first = 0
  await new Promise<void>((resolve, reject) => {
    client
      .start(request, (count) => {
        if (received === 0) first = performance.now()
        received += count
        if (received >= request.records) resolve()
      })
      .catch(reject)
  })
  const seconds = (performance.now() - first) / 1000
  await client.stop()
  const { user, system } = process.cpuUsage()
  return { recordsPerSecond: request.records / seconds, cpuSeconds: (user + system) / 1e6 }
}

run(JSON.parse(process.argv[2] ?? '{}') as RunRequest)
  .then((result) => {
    process.stdout.write(`${JSON.stringify(result)}\n`)
  })
  .catch((error: unknown) => {
    process.stderr.write(`${String(error)}\n`)
    process.exitCode = 1
  })
