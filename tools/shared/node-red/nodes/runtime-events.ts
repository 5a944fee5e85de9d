import type { EventEmitter } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { NodeAPI } from 'node-red'
import type { RuntimeEvent } from '../runtime-event'

interface RuntimeState {
  readonly id: string
  readonly payload?: { readonly error?: string; readonly types?: readonly string[] }
}

/**
 * No node at all: tells the test process when flows have started, which the log says only in the
 * runtime's language, and what the process holds, and ends Node-RED when the test process is gone.
 */
export default function runtimeEvents(RED: NodeAPI): void {
  RED.events.on('flows:started', () => {
    report({ event: 'flows-started' })
  })
  RED.events.on('runtime-event', ({ id, payload }: RuntimeState) => {
    if (id !== 'runtime-state' || payload?.error === undefined) return
    const types = payload.types === undefined ? '' : ` (${payload.types.join(', ')})`
    report({ event: 'flows-refused', reason: payload.error + types })
  })
  RED.httpAdmin.get('/test/memory', (_request, response) => {
    // There only if the test has started Node.js with --expose-gc: what is left is in use.
    globalThis.gc?.()
    response.json(process.memoryUsage())
  })
  RED.httpAdmin.get('/test/resources', (_request, response) => {
    const counts: Record<string, number> = {}
    for (const name of process.getActiveResourcesInfo()) counts[name] = (counts[name] ?? 0) + 1
    response.json({ counts, listeners: listenersOf(process) + listenersOf(RED.events) })
  })
  measureLoad(RED)
  process.once('disconnect', () => {
    process.exit(1)
  })
}

/** POST begins a measurement, GET tells the worst since then. Memory as Linux counts it. */
function measureLoad(RED: NodeAPI): void {
  const delays = monitorEventLoopDelay({ resolution: 10 })
  RED.httpAdmin.post('/test/load', (_request, response) => {
    // Makes the peak what is resident now (proc(5), clear_refs).
    writeFileSync('/proc/self/clear_refs', '5')
    delays.enable()
    delays.reset()
    response.json({ rss: process.memoryUsage.rss() })
  })
  RED.httpAdmin.get('/test/load', (_request, response) => {
    const [, peak] = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
    response.json({ peak: Number(peak) * 1024, longestDelayMs: delays.max / 1e6 })
  })
}

function listenersOf(emitter: Pick<EventEmitter, 'eventNames' | 'listenerCount'>): number {
  return emitter.eventNames().reduce((sum, name) => sum + emitter.listenerCount(name), 0)
}

function report(event: RuntimeEvent): void {
  // The callback takes the error of a channel that has just closed; without it, it would be thrown.
  if (process.connected) process.send?.(event, undefined, undefined, () => undefined)
}
