import type { Node } from 'node-red'
import { reasonOf, type OnError } from '../../../lib/errors'
import { ReportedCauses } from '../../../lib/reported-causes'
import { inCatalogueOf, type Translate } from '../../../lib/translate'

/** Most causes that one node reports, so that stacks that always differ cannot flood the log. */
const MAX_CAUSES = 50

/** Stack frames that identify a cause. */
const FRAMES = 3

/**
 * Creates a handler that logs contained exceptions of a node: a warning once per cause, and the stack at level
 * debug. The handler never throws.
 */
export function containedErrorLogger(node: Node, translate: Translate): OnError {
  const reported = new ReportedCauses(MAX_CAUSES)
  return (error) => {
    if (!reported.add(causeOf(error))) return
    const log = inCatalogueOf('sls-kafka-in.log', translate)
    try {
      node.warn(log('contained', { detail: reasonOf(error) }))
      node.debug(stackOf(error))
    } catch {
      // A failure of the logger itself cannot be logged.
    }
  }
}

/** The innermost stack frames, because the message can differ each time. */
function causeOf(error: unknown): string {
  const frames = stackOf(error).match(/^\s+at .*$/gm) ?? []
  return frames.length > 0 ? frames.slice(0, FRAMES).join('\n') : reasonOf(error)
}

function stackOf(error: unknown): string {
  const { stack } = Object(error) as { stack?: unknown }
  return typeof stack === 'string' ? stack : reasonOf(error)
}
