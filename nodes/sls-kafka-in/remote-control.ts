import { carryOut } from '../../lib/consumer/carry-out'
import { parseCommand, type CommandFields } from '../../lib/consumer/command'
import type { LogConsumer } from '../../lib/consumer/log-consumer'
import type { SteeredShard, Steering } from '../../lib/consumer/steering'
import { SlsKafkaError } from '../../lib/errors'
import { hereAndNow } from '../../lib/config/time'
import { reportOf, type ConsumerReport } from '../../lib/monitoring/report'
import { NodeError, problemText, toNodeError } from '../common/node-error'
import type { Translate } from '../common/translate'

/** What came of a command: the shards that it concerned, or what `status` asks for. */
export type Steered = { readonly shards: readonly SteeredShard[] } | ConsumerReport

/** What another node can do to an sls-kafka-in. Rejects with a `NodeError` in the user's language. */
export type RemoteControl = (fields: CommandFields) => Promise<Steered>

export function remoteControl(
  consumer: LogConsumer,
  steering: Steering,
  translate: Translate,
): RemoteControl {
  return async (fields) => {
    const command = parseCommand(fields, hereAndNow())
    if ('reason' in command) {
      throw new NodeError('SLS_CONTROL_INVALID', problemText(command, translate))
    }
    if (command.action === 'status') return reportOf(consumer.snapshot())
    try {
      return { shards: await carryOut(command, steering) }
    } catch (error) {
      throw error instanceof SlsKafkaError ? toNodeError(error, null, translate) : error
    }
  }
}
