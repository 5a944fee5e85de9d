import { SlsKafkaError, reasonOf } from '../errors'
import type { FetchedRecord } from '../kafka/source'
import type { ConsumerOptions } from '../options/consumer-options'
import { decodeRecord, type DecodedRecord } from './decoded-record'
import {
  batchMessage,
  recordMessage,
  UNACKNOWLEDGED,
  type Message,
  type RecordMessage,
  type Stamp,
} from './message'

export interface OutboxPorts {
  /** Gives a message to the flow. */
  readonly send: (message: Message) => void
  /** The same at the output for records that were given up. */
  readonly sendDeadLetter: (message: Message, error: SlsKafkaError) => void
  /** A record that could not be decoded or sent, or was given up. */
  readonly onRecordError: (error: SlsKafkaError, message: Message) => void
}

/** Turns records into messages and gives them to the flow. */
export class Outbox {
  readonly #options: ConsumerOptions
  readonly #ports: OutboxPorts

  constructor(options: ConsumerOptions, ports: OutboxPorts) {
    this.#options = options
    this.#ports = ports
  }

  decode(record: FetchedRecord, shard: number): DecodedRecord {
    return decodeRecord(record, shard, this.#options.format)
  }

  /**
   * Gives the records to the flow, in one message if they are several.
   *
   * @returns false if the flow could not be given it; that was reported
   */
  send(records: readonly DecodedRecord[], shard: number, stamp = UNACKNOWLEDGED): boolean {
    const message = this.#message(records, shard, stamp)
    if (!message) return true
    try {
      this.#ports.send(message)
      return true
    } catch (error) {
      // Node-RED copies the message for a second wire; a value nested too deeply breaks that, and an
      // exception here would end the process.
      const params = { shard, offset: message.offset, detail: reasonOf(error) }
      this.#ports.onRecordError(
        new SlsKafkaError('SLS_SEND_FAILED', params, error),
        withoutContent(message),
      )
      return false
    }
  }

  sendDeadLetter(
    records: readonly DecodedRecord[],
    shard: number,
    stamp: Stamp,
    error: SlsKafkaError,
  ): void {
    const message = this.#message(records, shard, stamp)
    if (!message) return
    try {
      this.#ports.sendDeadLetter(message, error)
    } catch {
      this.#ports.sendDeadLetter(withoutContent(message), error)
    }
  }

  /** Reports a record that could not be decoded. */
  reportUndecodable(record: DecodedRecord, shard: number, stamp = UNACKNOWLEDGED): void {
    if (!record.error) return
    const message = recordMessage(record, shard, stamp, this.#options)
    this.#ports.onRecordError(record.error, message)
  }

  /** Reports records that were given up. */
  reportGivenUp(
    records: readonly DecodedRecord[],
    shard: number,
    stamp: Stamp,
    error: SlsKafkaError,
  ): void {
    const message = this.#message(records, shard, stamp)
    if (message) this.#ports.onRecordError(error, message)
  }

  #message(records: readonly DecodedRecord[], shard: number, stamp: Stamp): Message | null {
    if (this.#options.batch) return batchMessage(records, shard, stamp, this.#options)
    return records[0] ? recordMessage(records[0], shard, stamp, this.#options) : null
  }
}

/** What is left of a message that cannot be copied. */
function withoutContent(message: Message): Message {
  if ('records' in message) return { ...message, payload: [], records: [] }
  return { ...message, payload: null, value: null, key: null } satisfies RecordMessage
}
