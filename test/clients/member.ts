import type { ServiceAddress } from '../../tools/shared/consumer-options'
import type { Delivery, Subscription } from '../../tools/shared/group-client'
import { startKafkaPython } from '../../tools/shared/kafka-python'
import { RunningConsumer } from '../support/running-consumer'
import { hasLastOfEach, type Lines } from './account'

/** A client of either kind that reads a logstore as a member of a group. */
export interface Member {
  readonly deliveries: readonly Delivery[]
  /** Those that it reads now. */
  readonly shards: readonly number[]
  until(what: string, condition: () => boolean): Promise<void>
  /** Leaves the group in good order; may be called twice. */
  stop(): Promise<void>
}

export interface Kind {
  readonly name: string
  start(service: ServiceAddress, subscription: Subscription): Member
}

export const KAFKA_PYTHON: Kind = { name: 'kafka-python', start: startKafkaPython }

export const OURS: Kind = {
  name: 'sls-kafka-in',
  start: (service, { logstore, group }) => {
    const settings = { logstore, group, startFrom: 'earliest', format: 'text' }
    const consumer = new RunningConsumer(service, settings).start()
    return {
      deliveries: consumer.messages,
      get shards() {
        return consumer.assignments.at(-1) ?? []
      },
      until: (what, condition) => consumer.until(what, condition),
      stop: () => consumer.close(),
    }
  },
}

export function untilItReads(member: Member, shards: number): Promise<void> {
  return member.until(`${shards} shards`, () => member.shards.length === shards)
}

/** Resolves when it has received the last of these lines in each of its shards. */
export function untilItHasRead(member: Member, lines: Lines): Promise<void> {
  return member.until('the records of its shards', () =>
    hasLastOfEach(lines, member.deliveries, member.shards),
  )
}
