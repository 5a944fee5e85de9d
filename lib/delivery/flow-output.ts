import type { ConsumerOptions } from '../config/consumer-options'
import { guarded, type OnError, type SlsKafkaError } from '../errors'
import type { FetchedRecord } from '../kafka/log-source'
import {
  batchMessage,
  recordMessage,
  UNACKNOWLEDGED,
  type Message,
  type RecordMessage,
  type Stamp,
} from './message'
import {
  copyOfRecord,
  decodeValue,
  readRecord,
  sendError,
  type DecodedValue,
  type ReadRecord,
} from './read-record'

/** The destinations of messages and of record errors. */
export interface FlowOutputPorts {
  /** Sends a message to the flow. */
  readonly send: (message: Message) => void
  /** Sends a dead letter at output 2. */
  readonly sendDeadLetter: (message: Message, error: SlsKafkaError) => void
  /** Reports a record that cannot be decoded or sent, or is exhausted. */
  readonly onRecordError: (error: SlsKafkaError, message: Message) => void
  /** Receives an exception that is contained here and is not a record error. */
  readonly onContained: OnError
}

/** One record whose value cannot be decoded. */
export interface UndecodableRecord {
  readonly record: ReadRecord
  readonly value: DecodedValue
}

/**
 * Turns records into messages and sends them to the flow. Its methods never throw: a failure is reported as
 * the error of its record, and the next record continues.
 */
export class FlowOutput {
  readonly #options: ConsumerOptions
  readonly #ports: FlowOutputPorts

  constructor(options: ConsumerOptions, ports: FlowOutputPorts) {
    this.#options = options
    this.#ports = ports
  }

  read(fetched: FetchedRecord, shard: number): ReadRecord {
    return readRecord(fetched, shard, this.#options.format)
  }

  decode(record: ReadRecord, shard: number): DecodedValue {
    return decodeValue(record, shard, this.#options.format)
  }

  /**
   * Sends records to the flow, in one message if `emit` is `batch`.
   *
   * @param records not empty
   * @param payloads the decoded values of the records
   * @returns false if sending failed. Only the failure of a single record is reported: the caller sends
   * several records again one by one
   */
  send(
    records: readonly ReadRecord[],
    payloads: unknown[],
    shard: number,
    stamp = UNACKNOWLEDGED,
  ): boolean {
    const message = this.#message(records, payloads, shard, stamp)
    try {
      this.#ports.send(message)
      return true
    } catch (error) {
      // Node-RED copies the message for a second wire, which fails for a value nested too deeply.
      if (records.length === 1) this.#reportUnsent(message, error)
      return false
    }
  }

  /**
   * Sends records at output 2, if necessary without their content.
   *
   * @returns false if sending failed; the failure is reported
   */
  sendDeadLetter(
    records: readonly ReadRecord[],
    shard: number,
    stamp: Stamp,
    error: SlsKafkaError,
  ): boolean {
    const message = this.#decodedMessage(records, shard, stamp)
    try {
      this.#ports.sendDeadLetter(message, error)
      return true
    } catch {
      return this.#sendWithoutContent(message, error)
    }
  }

  /** Reports a record that cannot be decoded. */
  reportUndecodable(
    { record, value }: UndecodableRecord,
    shard: number,
    stamp = UNACKNOWLEDGED,
  ): void {
    if (!value.error) return
    const own = this.#own(record)
    this.#report(value.error, recordMessage(own, value.payload, shard, stamp, this.#options))
  }

  /** Reports records that are exhausted, rejected or skipped. */
  reportExhausted(
    records: readonly ReadRecord[],
    shard: number,
    stamp: Stamp,
    error: SlsKafkaError,
  ): void {
    this.#report(error, this.#decodedMessage(records, shard, stamp))
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
    this.#report(sendError(message.partition, message.offset, cause), withoutContent(message))
  }

  /** Node-RED copies the message for a Catch node. If that fails, the report has no content. */
  #report(error: SlsKafkaError, message: Message): void {
    const { onRecordError, onContained } = this.#ports
    try {
      onRecordError(error, message)
    } catch {
      guarded(onContained, onRecordError)(error, withoutContent(message))
    }
  }

  /** Decodes again, because the flow can have changed the payload of an earlier attempt. */
  #decodedMessage(records: readonly ReadRecord[], shard: number, stamp: Stamp): Message {
    const payloads = records.map((record) => this.decode(record, shard).payload)
    return this.#message(records, payloads, shard, stamp)
  }

  #message(
    records: readonly ReadRecord[],
    payloads: unknown[],
    shard: number,
    stamp: Stamp,
  ): Message {
    if (this.#options.batch) {
      if (!this.#options.ack) {
        return batchMessage([...records], payloads, shard, stamp, this.#options)
      }
      const own = records.map(copyOfRecord)
      const ownPayloads = own.map((copy, index) =>
        ownPayload(payloads[index], records[index], copy),
      )
      return batchMessage(own, ownPayloads, shard, stamp, this.#options)
    }
    const [record] = records as readonly [ReadRecord]
    const own = this.#own(record)
    const payload = ownPayload(payloads[0], record, own)
    return recordMessage(own, payload, shard, stamp, this.#options)
  }

  /** Copies a record that is kept for further attempts, because the flow can change a message. */
  #own(record: ReadRecord): ReadRecord {
    const { ack, format } = this.#options
    return ack && (format === 'buffer' || record.headers) ? copyOfRecord(record) : record
  }
}

/** With the format `buffer` the payload is the record's value, so the copied value replaces it. */
function ownPayload(payload: unknown, record: ReadRecord | undefined, own: ReadRecord): unknown {
  return payload === record?.value ? own.value : payload
}

/** The part of a message that can always be copied. */
function withoutContent(message: Message): Message {
  if ('records' in message) return { ...message, payload: [], records: [] }
  return { ...message, payload: null, value: null, key: null } satisfies RecordMessage
}
