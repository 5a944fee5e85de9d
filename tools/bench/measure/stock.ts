import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import type { DiscardRun } from '../clients/discard'
import type { StockRun } from '../clients/stock-batches'
import type { WriteRun } from '../clients/timed-writing'
import type { Drained } from './drained'

const LONGEST_MS = 120_000

/** Runs kafkajs in a process of its own until all records have arrived. */
export function drainByStock(run: StockRun): Promise<Drained> {
  return drainBy('stock-batches', run)
}

/** Receives the same responses over TLS, and discards them. */
export function discard(run: DiscardRun): Promise<Drained> {
  return drainBy('discard', run)
}

/** Writes logs with our writer, without Node-RED. */
export function writeByUs(run: WriteRun): Promise<Drained> {
  return drainBy('write-ours', run)
}

/** Writes logs with the producer of kafkajs, one call after the other. */
export function writeByStock(run: WriteRun): Promise<Drained> {
  return drainBy('write-stock', run)
}

async function drainBy(name: string, run: unknown): Promise<Drained> {
  const args = [scriptOf(name), JSON.stringify(run)]
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: LONGEST_MS })
  return JSON.parse(stdout) as Drained
}

export interface RunningClient {
  readonly pid: number
  /** Ends the client. Resolves with its output. */
  stop(): Promise<string>
}

/** Runs another client until it is stopped. */
export async function startClient(name: string, request: unknown): Promise<RunningClient> {
  const child = spawn(process.execPath, [scriptOf(name), JSON.stringify(request)], {
    // The client ends with its standard input, at the latest with this process.
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
