import { SlsKafkaError, reasonOf } from '../errors'
import { guarded, type OnError } from '../guarded'
import type { FetchedRecord } from '../kafka/source'
import type { ConsumerOptions } from '../config/consumer-options'
import { normaliseTimestamp } from '../sls/timestamp'
import { decodeRecord, type DecodedRecord } from './decoded-record'
import { detached } from './detached-record'
import {
  batchMessage,
  recordMessage,
  UNACKNOWLEDGED,
  type Message,
  type RecordMessage,
  type Stamp,
} from './message'

export interface FlowOutputPorts {
  /** Gives a message to the flow. */
  readonly send: (message: Message) => void
  /** The same at the output for records that were given up. */
  readonly sendDeadLetter: (message: Message, error: SlsKafkaError) => void
  /** A record that could not be decoded or sent, or was given up. */
  readonly onRecordError: (error: SlsKafkaError, message: Message) => void
  /** An exception that went no further, and is no record's error. */
  readonly onContained: OnError
}

/** A record as it is kept for further attempts, and what the flow gets of it. */
export interface KeptRecord {
  readonly kept: FetchedRecord
  readonly decoded: DecodedRecord
}

/**
 * Turns records into messages and gives them to the flow. Nothing is thrown out of here: whatever fails
 * with one record is reported as that record's error, and the next one goes on.
 */
export class FlowOutput {
  readonly #options: ConsumerOptions
  readonly #ports: FlowOutputPorts

  constructor(options: ConsumerOptions, ports: FlowOutputPorts) {
    this.#options = options
    this.#ports = ports
  }

  decode(record: FetchedRecord, shard: number): DecodedRecord {
    try {
      return decodeRecord(record, shard, this.#options.format)
    } catch (error) {
      return unusable(record, shard, error)
    }
  }

  /** The same of a copy, for which nothing of the fetched answer is kept. */
  keep(record: FetchedRecord, shard: number): KeptRecord {
    try {
      const kept = detached(record)
      return { kept, decoded: this.decode(kept, shard) }
    } catch (error) {
      return { kept: record, decoded: unusable(record, shard, error) }
    }
  }

  /**
   * Gives the records to the flow, in one message if they are several.
   *
   * @returns false if the flow could not be given it. For a single record that was reported; which one
   * of several it was shows when they are sent one by one
   */
  send(records: readonly DecodedRecord[], shard: number, stamp = UNACKNOWLEDGED): boolean {
    const message = this.#message(records, shard, stamp)
    if (!message) return true
    try {
      this.#ports.send(message)
      return true
    } catch (error) {
      // Node-RED copies the message for a second wire; a value nested too deeply breaks that.
      if (records.length === 1) this.#reportUnsent(message, error)
      return false
    }
  }

  /** @returns false if the flow could not be given it, not even without its content; that was reported */
  sendDeadLetter(
    records: readonly DecodedRecord[],
    shard: number,
    stamp: Stamp,
    error: SlsKafkaError,
  ): boolean {
    const message = this.#message(records, shard, stamp)
    if (!message) return true
    try {
      this.#ports.sendDeadLetter(message, error)
      return true
    } catch {
      return this.#sendWithoutContent(message, error)
    }
  }

  /** Reports a record that could not be decoded. */
  reportUndecodable(record: DecodedRecord, shard: number, stamp = UNACKNOWLEDGED): void {
    if (record.error) this.#report(record.error, recordMessage(record, shard, stamp, this.#options))
  }

  /** Reports records that were given up. */
  reportGivenUp(
    records: readonly DecodedRecord[],
    shard: number,
    stamp: Stamp,
    error: SlsKafkaError,
  ): void {
    const message = this.#message(records, shard, stamp)
    if (message) this.#report(error, message)
  }

  #sendWithoutContent(message: Message, error: SlsKafkaError): boolean {
    try {
      this.#ports.sendDeadLetter(withoutContent(message), error)
      return true
    } catch (cause) {
      this.#reportUnsent(message, cause)
      return false
    }
  }

  #reportUnsent(message: Message, cause: unknown): void {
    const error = unsent(message.partition, message.offset, cause)
    this.#report(error, withoutContent(message))
  }

  /** A Catch node gets a copy, which may be what cannot be made. */
  #report(error: SlsKafkaError, message: Message): void {
    const { onRecordError, onContained } = this.#ports
    try {
      onRecordError(error, message)
    } catch {
      guarded(onContained, onRecordError)(error, withoutContent(message))
    }
  }

  #message(records: readonly DecodedRecord[], shard: number, stamp: Stamp): Message | null {
    if (this.#options.batch) return batchMessage(records, shard, stamp, this.#options)
    return records[0] ? recordMessage(records[0], shard, stamp, this.#options) : null
  }
}

/** What is left of a record that cannot be read at all. */
function unusable(record: FetchedRecord, shard: number, cause: unknown): DecodedRecord {
  const { offset, timestamp } = record
  return {
    payload: null,
    offset,
    key: null,
    value: null,
    timestamp: normaliseTimestamp(timestamp),
    headers: null,
    error: unsent(shard, offset, cause),
  }
}

function unsent(shard: number, offset: string, cause: unknown): SlsKafkaError {
  const params = { shard, offset, detail: reasonOf(cause) }
  return new SlsKafkaError('SLS_SEND_FAILED', params, cause)
}

/** What is left of a message that cannot be copied. */
function withoutContent(message: Message): Message {
  if ('records' in message) return { ...message, payload: [], records: [] }
  return { ...message, payload: null, value: null, key: null } satisfies RecordMessage
}
