import type { Consumer, RetryOptions } from 'kafkajs'
import { clientConfig, traceLog, type MemberOptions } from './client-config'
import * as tuning from './constants'
import type { Dialer } from './dialer'
import { installMembershipHooks, type MembershipHooks } from './hardening/membership-hooks'
import { privateKafkaJS } from './hardening/private-kafkajs'
import { rangeAssigner } from './range-assigner'

/**
 * A kafkajs consumer that tries for as long as it is wanted.
 *
 * @param isWanted asked before each further try
 */
export function createGroupConsumer(
  { consumer, clientId, logger }: MemberOptions,
  dialer: Dialer,
  hooks: MembershipHooks,
  isWanted: () => boolean,
): Consumer {
  const { kafkajs } = privateKafkaJS()
  const retry = retryWhile(isWanted)
  const kafka = new kafkajs.Kafka({
    ...clientConfig(consumer.project, clientId, dialer),
    retry,
    logLevel: kafkajs.logLevel.INFO,
    logCreator: traceLog(logger),
  })
  return kafka.consumer({
    groupId: consumer.group,
    sessionTimeout: consumer.sessionTimeout,
    rebalanceTimeout: consumer.rebalanceTimeout,
    heartbeatInterval: tuning.HEARTBEAT_INTERVAL,
    maxBytesPerPartition: consumer.maxBytesPerShard,
    minBytes: tuning.FETCH_MIN_BYTES,
    maxBytes: tuning.FETCH_MAX_BYTES,
    maxWaitTimeInMs: tuning.FETCH_MAX_WAIT,
    metadataMaxAge: tuning.METADATA_MAX_AGE,
    allowAutoTopicCreation: false,
    // SLS has no transactions; the option spares a dependency on its last stable offset.
    readUncommitted: true,
    retry: { ...retry, restartOnFailure: () => Promise.resolve(false) },
    partitionAssigners: [
      rangeAssigner((cluster) => {
        installMembershipHooks(cluster, hooks)
      }),
    ],
  })
}

/**
 * kafkajs retries for ever inside one membership, because giving up would lose the member id, and the
 * ghost that it leaves behind blocks the group for the session time-out. The number is an object
 * that is read anew at each attempt, so that a close ends them.
 */
function retryWhile(isWanted: () => boolean): RetryOptions {
  const retries = { valueOf: () => (isWanted() ? Number.MAX_SAFE_INTEGER : -1) }
  return {
    retries: retries as unknown as number,
    initialRetryTime: tuning.CLIENT_RETRY_FIRST,
    maxRetryTime: tuning.CLIENT_RETRY_LONGEST,
  }
}
