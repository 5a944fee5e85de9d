import type { Node } from 'node-red'
import { ReportedCauses } from '../../lib/consumer/reported-causes'
import { reasonOf } from '../../lib/errors'
import type { OnError } from '../../lib/guarded'
import { inCatalogueOf, type Translate } from './translate'

/** Causes that are reported for one node, so that a stack that is never the same does not flood the log. */
const MOST_CAUSES = 50

/** Lines of a stack by which a cause is known again. */
const FRAMES = 3

/**
 * Takes note of exceptions that went no further: a warning in the log, once per cause, and with it at
 * level debug where it was thrown. Never throws.
 */
export function noteContained(node: Node, translate: Translate): OnError {
  const reported = new ReportedCauses(MOST_CAUSES)
  return (error) => {
    if (!reported.add(causeOf(error))) return
    const log = inCatalogueOf('sls-kafka-in.log', translate)
    try {
      node.warn(log('contained', { detail: reasonOf(error) }))
      node.debug(stackOf(error))
    } catch {
      // Where the logger itself fails, nothing can be logged.
    }
  }
}

/** Where it was thrown; what it says may differ each time. */
function causeOf(error: unknown): string {
  const frames = stackOf(error).match(/^\s+at .*$/gm) ?? []
  return frames.length > 0 ? frames.slice(0, FRAMES).join('\n') : reasonOf(error)
}

function stackOf(error: unknown): string {
  const { stack } = Object(error) as { stack?: unknown }
  return typeof stack === 'string' ? stack : reasonOf(error)
}
