import { waitUntil } from '../shared/polling'
import type { RunningDemo } from './demo'

const WANTED_RECORDS = 1_000
const TIMEOUT_MS = 60_000

/** What the demo tab answers to GET /demo/counts. */
interface Counts {
  readonly total: number
  /** Messages by shard. */
  readonly shards: Readonly<Record<string, number>>
  /** A whole message as the flow got it. */
  readonly sample?: unknown
}

/**
 * Waits until enough records have passed through the flow that is deployed in Node-RED, and reports
 * what the flow has counted. Rejects with the reason if they do not arrive in time.
 */
export async function checkRecords(
  demo: Pick<RunningDemo, 'url' | 'fed'>,
  print: (line: string) => void,
): Promise<void> {
  const start = Date.now()
  let wanted = WANTED_RECORDS
  // A file may have fewer lines.
  demo.fed.then(
    (count) => (wanted = Math.min(wanted, count)),
    () => undefined,
  )
  let counts: Counts = { total: 0, shards: {} }
  const haveArrived = async (): Promise<boolean> => {
    const before = counts.total
    counts = await countsOf(demo.url)
    if (counts.total > before) print(`${counts.total} of ${wanted} records`)
    return counts.total >= wanted
  }
  const explain = (): string => `only ${counts.total} of ${wanted} records have arrived in 60 s`
  await waitUntil(haveArrived, explain, { timeoutMs: TIMEOUT_MS, intervalMs: 500 })
  const seconds = ((Date.now() - start) / 1_000).toFixed(1)
  print('')
  for (const [shard, count] of Object.entries(counts.shards)) {
    print(`shard ${shard}  ${String(count).padStart(6)} records`)
  }
  print(`\nOne message, as the flow got it:\n${JSON.stringify(counts.sample, null, 2)}\n`)
  print(`It works: ${counts.total} records have passed through the flow in ${seconds} s.\n`)
}

/** Nothing yet, as long as the flow has not started or no record has come. */
async function countsOf(url: string): Promise<Counts> {
  const response = await fetch(`${url}/demo/counts`, { signal: AbortSignal.timeout(TIMEOUT_MS) })
  const counts = response.ok ? ((await response.json()) as Partial<Counts>) : {}
  return { total: 0, shards: {}, ...counts }
}
