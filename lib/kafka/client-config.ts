import type { KafkaConfig, logCreator } from 'kafkajs'
import type { Logger } from '../logger'
import type { ConsumerOptions } from '../options/consumer-options'
import type { ProjectOptions } from '../options/project-options'
import type { Dialer } from './dialer'
import { AUTHENTICATION_TIMEOUT, CONNECTION_TIMEOUT, REQUEST_TIMEOUT } from './constants'
import { saslPlain } from './sasl-plain'

/** Who reads what, as a member of a group. */
export interface MemberOptions {
  readonly consumer: ConsumerOptions
  /** Unlike that of any other member, now or later: it is how we find ourselves in the group. */
  readonly clientId: string
  readonly logger: Logger
}

/** What every kafkajs client of ours is made with, a member of a group or not. */
export function clientConfig(
  project: ProjectOptions,
  clientId: string,
  dialer: Dialer,
): KafkaConfig {
  return {
    brokers: [dialer.seed],
    clientId,
    // kafkajs only asks whether it is set; the dialer makes the connection.
    ssl: true,
    sasl: saslPlain(project),
    socketFactory: dialer.socketFactory,
    connectionTimeout: CONNECTION_TIMEOUT,
    authenticationTimeout: AUTHENTICATION_TIMEOUT,
    requestTimeout: REQUEST_TIMEOUT,
    // The dialer's silence guard does it, without a timer of 100 ms per connection.
    enforceRequestTimeout: false,
  }
}

/** kafkajs reports each attempt; users get one line per cause from us, so these are for tracing. */
export function traceLog(logger: Logger): logCreator {
  return () =>
    ({ namespace, log }) => {
      logger.trace(`kafkajs ${namespace}: ${log.message}`)
    }
}
