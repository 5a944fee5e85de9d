import type { Node, NodeAPI, NodeDef } from 'node-red'
import { SlsKafkaError } from '../../lib/errors'
import { guarded, type OnError } from '../../lib/guarded'
import type { ConsumerOptions } from '../../lib/config/consumer-options'
import { wheneverStarted } from '../common/when-started'
import { canAcknowledge, hasDeadLetterWire } from './ack-wiring'
import { enterGroup, sharesWith } from './group-users'
import type { Reporter } from './reporter'

/**
 * Warns of what is probably not meant. Whenever flows are deployed, because an ack node or a second
 * reader may come or go without this node.
 */
export function checkEachDeploy(
  RED: NodeAPI,
  node: Node,
  config: NodeDef,
  options: ConsumerOptions,
  reporter: Reporter,
  onContained: OnError,
): void {
  const leave = enterGroup(node, options)
  const check = guarded(onContained, () => {
    const { ack, group, logstore } = options
    if (ack && !canAcknowledge(RED, config)) {
      reporter.warning(new SlsKafkaError('SLS_ACK_NODE_MISSING', { max: ack.maxInFlight }))
    }
    const limit = bufferLimit(RED)
    if (ack && limit > 0 && ack.maxInFlight > limit) {
      reporter.warning(new SlsKafkaError('SLS_BUFFER_LIMIT', { limit, max: ack.maxInFlight }))
    }
    if (ack?.onExhausted === 'output' && !hasDeadLetterWire(config)) {
      reporter.warning(new SlsKafkaError('SLS_OUTPUT_UNWIRED'))
    }
    const other = sharesWith(node)
    if (other) {
      const name = other.name ?? other.id
      reporter.warning(new SlsKafkaError('SLS_GROUP_SHARED', { other: name, group, logstore }))
    }
  })
  wheneverStarted(RED, node, check)
  node.on('close', leave)
}

/** Of settings.js: a core node that holds more messages drops what it holds. 0 is no limit. */
function bufferLimit({ settings }: NodeAPI): number {
  const { nodeMessageBufferMaxLength: limit } = settings as { nodeMessageBufferMaxLength?: unknown }
  return typeof limit === 'number' ? limit : 0
}
