import assert from 'node:assert/strict'
import type { ConsumerPorts } from '../../lib/consumer/consumer-ports'
import { LogConsumer } from '../../lib/consumer/log-consumer'
import type { Message, RecordMessage } from '../../lib/delivery/message'
import { CommandExecutor } from '../../lib/consumer/command-executor'
import {
  compileConsumerOptions,
  type ConsumerOptions,
  type ConsumerSettings,
} from '../../lib/config/consumer-options'
import { PROJECT, valid } from '../../tools/shared/consumer-options'
import { FakeSource } from './fake-source'
import { ManualClock } from './manual-clock'

/** A consumer on a source and a clock that obey the test, and what it has sent and reported so far. */
export interface ConsumerRig {
  readonly consumer: LogConsumer
  readonly executor: CommandExecutor
  readonly clock: ManualClock
  readonly sources: FakeSource[]
  readonly sent: RecordMessage[]
  readonly deadLetters: RecordMessage[]
  /** `code offset` of each. */
  readonly recordErrors: string[]
  /** `code next-try` of each. */
  readonly failures: string[]
  readonly warnings: string[]
  /** Exceptions that went no further, as text. */
  readonly contained: string[]
  readonly recoveries: number[]
  /** What else there is to log, in order. */
  readonly logged: string[]
  readonly source: () => FakeSource
  readonly payloads: () => unknown[]
}

/** What a flow or a listener does beside what the rig notes; it may throw. */
export type RigPorts = Partial<
  Pick<ConsumerPorts, 'onRecordError' | 'onStarted' | 'onJoined' | 'onStopped'>
> & {
  readonly beforeSend?: (message: Message) => void
  readonly beforeDeadLetter?: (message: Message) => void
}

/**
 * @param changes put over what the settings compile to
 * @param ports instead of those that only note
 */
export function consumerRig(
  changes: Partial<ConsumerOptions> = {},
  settings: ConsumerSettings = {},
  { beforeSend, beforeDeadLetter, ...ports }: RigPorts = {},
): ConsumerRig {
  const complete = { logstore: 'nginx-access', group: 'node-red', ...settings }
  const options = { ...valid(compileConsumerOptions(complete, PROJECT)), ...changes }
  const clock = new ManualClock()
  const sources: FakeSource[] = []
  const sent: RecordMessage[] = []
  const deadLetters: RecordMessage[] = []
  const recordErrors: string[] = []
  const failures: string[] = []
  const warnings: string[] = []
  const contained: string[] = []
  const recoveries: number[] = []
  const logged: string[] = []
  const consumer = new LogConsumer(options, {
    clock,
    createSource: (listener) => {
      const source = new FakeSource(listener)
      sources.push(source)
      return source
    },
    send: (message) => {
      beforeSend?.(message)
      sent.push(message as RecordMessage)
    },
    sendDeadLetter: (message) => {
      beforeDeadLetter?.(message)
      deadLetters.push(message as RecordMessage)
    },
    onRecordError: ({ code }, message) => recordErrors.push(`${code} ${message.offset}`),
    onFailure: ({ code }, nextTry) => failures.push(`${code} ${String(nextTry)}`),
    onRecovered: (after) => recoveries.push(after),
    onStarted: () => logged.push('started'),
    onJoined: (shards) => logged.push(`joined ${shards.join()}`),
    onStopped: () => logged.push('stopped'),
    onWarning: ({ code }) => warnings.push(code),
    onContained: (error) => contained.push(String(error)),
    ...ports,
  })
  const executor = new CommandExecutor(consumer, options, {
    onPaused: (shards) => logged.push(`paused ${shards?.join() ?? 'all'}`),
    onResumed: (shards) => logged.push(`resumed ${shards?.join() ?? 'all'}`),
  })
  return {
    consumer,
    executor,
    clock,
    sources,
    sent,
    deadLetters,
    recordErrors,
    failures,
    warnings,
    contained,
    recoveries,
    logged,
    source: () => sources.at(-1) ?? assert.fail('no source yet'),
    payloads: () => sent.map(({ payload }) => payload),
  }
}

/** Values of so many records, each of which names its number. */
export function numbered(count: number): string[] {
  return Array.from({ length: count }, (_value, index) => `record ${index}`)
}
