// Stock consumers that have nothing to read, until standard input ends.
import type { RunRequest } from './protocol'
import { stock } from './stock'

async function run(requests: readonly RunRequest[]): Promise<void> {
  for (const request of requests) await stock('batch').start(request, () => undefined)
}

process.stdin.resume().once('end', () => process.exit())

run(JSON.parse(process.argv[2] ?? '[]') as RunRequest[]).catch((error: unknown) => {
  console.error(error)
  process.exit(1)
})
