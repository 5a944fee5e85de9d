import type { SlsKafkaError } from '../errors'
import { FailedShards } from './failed-shards'
import type { ConsumerSnapshot } from './snapshot'
import { Throttle } from './throttle'

/** Milliseconds that the error of a record stays visible in the status. */
const RECORD_ERROR_SHOWN = 10_000

/** What keeps a living member from reading all that it should, or lately did. Moments are monotonic. */
export class Hindrances {
  readonly failedShards = new FailedShards()
  readonly #throttle = new Throttle()
  #recordError: { readonly error: SlsKafkaError; readonly atMs: number } | null = null
  #isLeftOut = false

  /** None is known of any more. */
  clear(): void {
    this.failedShards.clear()
    this.#throttle.forget()
    this.#recordError = null
    this.#isLeftOut = false
  }

  /** These shards are ours now and no others. */
  assigned(shards: readonly number[]): void {
    this.failedShards.keep(shards)
    if (shards.length > 0) this.#isLeftOut = false
  }

  /** @returns whether it is news that the group's leader gives our shards to nobody */
  leftOut(isNobodyReading: boolean): boolean {
    const isNews = isNobodyReading && !this.#isLeftOut
    this.#isLeftOut = isNobodyReading
    return isNews
  }

  /** @param rest milliseconds that the service asks for. @returns whether that is news */
  throttled(rest: number, nowMs: number): boolean {
    return this.#throttle.asked(rest, nowMs)
  }

  /** A record could not be read, sent or kept. */
  recordFailed(error: SlsKafkaError, nowMs: number): void {
    this.#recordError = { error, atMs: nowMs }
  }

  at(nowMs: number): Pick<ConsumerSnapshot, 'isLeftOut' | 'isThrottled' | 'recordError'> {
    const record = this.#recordError
    return {
      isLeftOut: this.#isLeftOut,
      isThrottled: this.#throttle.isOn(nowMs),
      recordError: record && nowMs - record.atMs < RECORD_ERROR_SHOWN ? record.error : null,
    }
  }
}
