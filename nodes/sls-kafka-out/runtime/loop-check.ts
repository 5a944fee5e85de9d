import type { Node, NodeAPI } from 'node-red'
import type { ProjectOptions } from '../../../lib/config/project-options'
import { SlsKafkaError } from '../../../lib/errors'
import { consumersOn } from '../../shared/runtime/consumers'
import { onFlowsStarted } from '../../shared/runtime/flows-started'
import { toNodeError } from '../../shared/runtime/node-error'
import type { Translate } from '../../../lib/translate'

interface Target {
  readonly project: ProjectOptions
  /** Null if each message has its own. */
  readonly fixedLogstore: string | null
}

/**
 * Warns at each deploy if a node on the same tab reads the logstore that this node writes to: what is written would
 * be read and written again, without an end.
 */
export function warnOfLoop(
  RED: NodeAPI,
  node: Node,
  { project, fixedLogstore: logstore }: Target,
  translate: Translate,
): void {
  if (logstore === null) return
  onFlowsStarted(RED, node, () => {
    const reader = consumersOn(node.z).find(
      ({ source }) => source.project === project.project && source.logstore === logstore,
    )
    if (!reader) return
    const other = reader.node.name ?? reader.node.id
    const warning = new SlsKafkaError('SLS_WRITE_LOOP', { logstore, other })
    node.warn(String(toNodeError(warning, null, translate)))
  })
}
