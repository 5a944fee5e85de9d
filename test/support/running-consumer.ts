import { EventEmitter, once } from 'node:events'
import { systemClock } from '../../lib/clock'
import { LogConsumer } from '../../lib/consumer/log-consumer'
import type { Message, RecordMessage } from '../../lib/delivery/message'
import { CommandExecutor } from '../../lib/consumer/command-executor'
import type { ConsumerSnapshot } from '../../lib/consumer/snapshot'
import type { ConsumerState } from '../../lib/consumer/state'
import type { SlsKafkaError } from '../../lib/errors'
import type { LogSource, SourceListener } from '../../lib/kafka/log-source'
import { GroupConsumer } from '../../lib/kafka/group-consumer'
import { SILENT_LOGGER } from '../../lib/logger'
import type { ConsumerSettings } from '../../lib/config/consumer-options'
import { optionsFor, type ServiceAddress } from '../../tools/shared/consumer-options'

const WAIT = 20_000

/** A consumer on a real service, and what it has sent and reported so far. */
export class RunningConsumer {
  readonly messages: RecordMessage[] = []
  readonly deadLetters: RecordMessage[] = []
  readonly failures: SlsKafkaError[] = []
  readonly warnings: SlsKafkaError[] = []
  readonly recordErrors: SlsKafkaError[] = []
  /** Exceptions that went no further. */
  readonly contained: unknown[] = []
  /** The shards of each assignment so far. */
  readonly assignments: (readonly number[])[] = []
  readonly clientIds: string[] = []
  /** Seconds that each failure lasted, reported when records flowed again. */
  readonly recoveries: number[] = []
  readonly executor: CommandExecutor
  /** Called with each message after it was noted. */
  onMessage: (message: RecordMessage) => void = () => undefined
  readonly #events = new EventEmitter()
  readonly #consumer: LogConsumer

  /**
   * @param clientId of each membership; one text is made different for each
   * @param listening what listens to each source in place of the consumer, and hands on to it
   */
  constructor(
    service: ServiceAddress,
    settings: ConsumerSettings,
    clientId: string | (() => string) = 'test',
    listening = (consumer: SourceListener): SourceListener => consumer,
  ) {
    const options = optionsFor(service, settings)
    const notify = (): void => void this.#events.emit('change')
    this.#consumer = new LogConsumer(options, {
      clock: systemClock,
      createSource: (listener): LogSource => {
        const id =
          typeof clientId === 'string' ? `${clientId}/${this.clientIds.length}` : clientId()
        this.clientIds.push(id)
        return new GroupConsumer(
          { consumer: options, clientId: id, logger: SILENT_LOGGER },
          listening(listener),
        )
      },
      send: (message: Message) => {
        this.messages.push(message as RecordMessage)
        this.onMessage(message as RecordMessage)
        notify()
      },
      sendDeadLetter: (message: Message) => {
        this.deadLetters.push(message as RecordMessage)
        notify()
      },
      onWarning: (warning) => {
        this.warnings.push(warning)
        notify()
      },
      onRecordError: (error) => {
        this.recordErrors.push(error)
        notify()
      },
      onFailure: (error) => {
        this.failures.push(error)
        notify()
      },
      onContained: (error) => {
        this.contained.push(error)
      },
      onRecovered: (afterSeconds) => {
        this.recoveries.push(afterSeconds)
        notify()
      },
      onStarted: notify,
      onStopped: notify,
      onJoined: (shards) => {
        this.assignments.push(shards)
        notify()
      },
    })
    this.executor = new CommandExecutor(this.#consumer, options, {
      onPaused: notify,
      onResumed: notify,
    })
  }

  get payloads(): unknown[] {
    return this.messages.map(({ payload }) => payload)
  }

  start(): this {
    this.#consumer.start()
    return this
  }

  /** Leaves the group and joins again, as a stop and a start by the user do. */
  async restart(): Promise<void> {
    await this.#consumer.stop()
    this.#consumer.start()
  }

  close(): Promise<void> {
    return this.#consumer.close()
  }

  snapshot(): ConsumerSnapshot {
    return this.#consumer.snapshot()
  }

  /** Shards that it owns now. */
  get shards(): number {
    return this.snapshot().shards
  }

  async until(what: string, condition: () => boolean, wait = WAIT): Promise<void> {
    const signal = AbortSignal.timeout(wait)
    try {
      while (!condition()) await once(this.#events, 'change', { signal })
    } catch (cause) {
      const got = `${this.messages.length} messages, assignments ${JSON.stringify(this.assignments)}`
      const failures = this.failures.map(({ code }) => code).join()
      throw new Error(`waited for ${what}: ${got}, failures ${failures}`, { cause })
    }
  }

  /** Looks again and again, because no event comes with a change of the state. */
  async untilState(name: ConsumerState['name']): Promise<void> {
    const end = Date.now() + WAIT
    while (this.#consumer.snapshot().state.name !== name) {
      if (Date.now() > end) throw new Error(`never ${name}`)
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  untilMessages(count: number, wait = WAIT): Promise<void> {
    return this.until(`${count} messages`, () => this.messages.length >= count, wait)
  }

  untilJoined(times = 1): Promise<void> {
    return this.until(`join ${times}`, () => this.assignments.length >= times)
  }
}
