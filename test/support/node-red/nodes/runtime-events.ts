import type { EventEmitter } from 'node:events'
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
  process.once('disconnect', () => {
    process.exit(1)
  })
}

function listenersOf(emitter: Pick<EventEmitter, 'eventNames' | 'listenerCount'>): number {
  return emitter.eventNames().reduce((sum, name) => sum + emitter.listenerCount(name), 0)
}

function report(event: RuntimeEvent): void {
  // The callback takes the error of a channel that has just closed; without it, it would be thrown.
  if (process.connected) process.send?.(event, undefined, undefined, () => undefined)
}
