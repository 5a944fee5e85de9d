import type { Consumer } from 'kafkajs'
import { clientConfig, traceLog, type MemberOptions } from './client-config'
import * as tuning from './constants'
import type { Dialer } from './dialer'
import type { EndableRetryOptions } from './hardening/ended-retries'
import { installMembershipHooks, type MembershipHooks } from './hardening/membership-hooks'
import { privateKafkaJS } from './hardening/private-kafkajs'
import { rangeAssigner } from './range-assigner'

/** A kafkajs consumer that tries until the signal aborts. */
export function createGroupConsumer(
  { consumer, clientId, logger }: MemberOptions,
  dialer: Dialer,
  hooks: MembershipHooks,
  signal: AbortSignal,
): Consumer {
  const { kafkajs } = privateKafkaJS()
  const retry = retryUntil(signal)
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
 * ghost that it leaves behind blocks the group for the session time-out.
 */
function retryUntil(signal: AbortSignal): EndableRetryOptions {
  return {
    retries: Number.MAX_SAFE_INTEGER,
    initialRetryTime: tuning.CLIENT_RETRY_FIRST,
    maxRetryTime: tuning.CLIENT_RETRY_LONGEST,
    signal,
  }
}
