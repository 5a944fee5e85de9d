import type { Node, NodeAPI, NodeDef } from 'node-red'
import { guarded, type OnError, SlsKafkaError } from '../../../lib/errors'
import type { ConsumerOptions } from '../../../lib/config/consumer-options'
import { onFlowsStarted } from '../../shared/runtime/flows-started'
import { canAcknowledge, hasDeadLetterWire } from './ack-wiring'
import { enterGroup, nodeInSameGroup } from './shared-groups'
import type { Reporter } from './reporter'

/**
 * Warns about configurations that are probably unintended. Checks at each deploy, because an ack node or another
 * consumer can be added or removed without a restart of this node.
 */
export function checkOnDeploys(
  RED: NodeAPI,
  node: Node,
  config: NodeDef,
  options: ConsumerOptions,
  reporter: Reporter,
  onContained: OnError,
): void {
  const leave = isSharingIntended(config) ? () => undefined : enterGroup(node, options)
  const check = guarded(onContained, () => {
    const { ack, group, logstore } = options
    if (ack && !canAcknowledge(RED, config)) {
      reporter.warn(new SlsKafkaError('SLS_ACK_NODE_MISSING', { max: ack.maxInFlight }))
    }
    const limit = bufferLimit(RED)
    if (ack && limit > 0 && ack.maxInFlight > limit) {
      reporter.warn(new SlsKafkaError('SLS_BUFFER_LIMIT', { limit, max: ack.maxInFlight }))
    }
    if (ack?.onExhausted === 'output' && !hasDeadLetterWire(config)) {
      reporter.warn(new SlsKafkaError('SLS_OUTPUT_UNWIRED'))
    }
    const other = nodeInSameGroup(node)
    if (other) {
      const name = other.name ?? other.id
      reporter.warn(new SlsKafkaError('SLS_GROUP_SHARED', { other: name, group, logstore }))
    }
  })
  onFlowsStarted(RED, node, check)
  node.on('close', leave)
}

/** Whether the user has ticked "Shared on purpose". Other nodes do not warn of such a node either. */
function isSharingIntended(config: NodeDef): boolean {
  const { sharesGroup } = config as NodeDef & { sharesGroup?: unknown }
  return sharesGroup === true
}

/** `nodeMessageBufferMaxLength` of settings.js: a core node that holds more messages drops them. 0 is unlimited. */
function bufferLimit({ settings }: NodeAPI): number {
  const { nodeMessageBufferMaxLength: limit } = settings as { nodeMessageBufferMaxLength?: unknown }
  return typeof limit === 'number' ? limit : 0
}
