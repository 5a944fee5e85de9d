import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import type { DiscardRun } from '../clients/discard'
import type { StockRun } from '../clients/stock-batches'
import type { Drained } from './drained'

const LONGEST_MS = 120_000

/** Runs stock kafkajs in a process of its own until all records have come. */
export function drainByStock(run: StockRun): Promise<Drained> {
  return drainBy('stock-batches', run)
}

/** Receives the same responses over TLS, and throws them away unread. */
export function discard(run: DiscardRun): Promise<Drained> {
  return drainBy('discard', run)
}

async function drainBy(name: string, run: unknown): Promise<Drained> {
  const args = [scriptOf(name), JSON.stringify(run)]
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: LONGEST_MS })
  return JSON.parse(stdout) as Drained
}

export interface RunningClient {
  readonly pid: number
  /** Ends it. Resolves with what it has printed. */
  stop(): Promise<string>
}

/** Runs another client until it is stopped. */
export async function startClient(name: string, request: unknown): Promise<RunningClient> {
  const child = spawn(process.execPath, [scriptOf(name), JSON.stringify(request)], {
    // It ends when its standard input does, at the latest with this process.
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const output = text(child.stdout)
  const exited = once(child, 'exit')
  await once(child, 'spawn')
  return {
    pid: child.pid ?? 0,
    stop: async () => {
      child.stdin.end()
      await exited
      return output
    },
  }
}

function scriptOf(name: string): string {
  return join(__dirname, '..', 'clients', `${name}.js`)
}
