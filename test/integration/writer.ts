import { setTimeout as delay } from 'node:timers/promises'
import type { Broker } from '../../tools/shared/broker'

const INTERVAL_MS = 50

export interface Writer {
  /** Resolves with all lines written, by partition. */
  stop(): Promise<string[][]>
}

/** Writes a line to every partition again and again; each says when it was written. */
export function startWriter(broker: Broker, topic: string, partitions: number): Writer {
  const lines = Array.from({ length: partitions }, (): string[] => [])
  let isStopped = false

  async function write(): Promise<void> {
    for (let round = 0; !isStopped; round++) {
      await Promise.all(
        lines.map(async (written, partition) => {
          const line = `${Date.now()} partition ${partition} round ${round}`
          await broker.produce(topic, partition, [line])
          written.push(line)
        }),
      )
      await delay(INTERVAL_MS)
    }
  }

  const writing = write()
  writing.catch(() => undefined) // `stop` tells
  return {
    stop: async () => {
      isStopped = true
      await writing
      return lines
    },
  }
}

/** Unix ms. */
export function writtenAt(line: string): number {
  return Number.parseInt(line, 10)
}
