import type { SourceEvent, SourceListener } from '../../lib/kafka/log-source'

/** Listens to the events of some types, and takes no notice of the others. */
export function listenerWith(
  handlers: { readonly [T in SourceEvent['type']]?: (event: EventOf<T>) => void },
  beforeRelease: SourceListener['beforeRelease'] = () => Promise.resolve(),
): SourceListener {
  return {
    onEvent: (event) => {
      const handler = handlers[event.type] as ((event: SourceEvent) => void) | undefined
      handler?.(event)
    },
    beforeRelease,
  }
}

type EventOf<T extends SourceEvent['type']> = Extract<SourceEvent, { type: T }>
