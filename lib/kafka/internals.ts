import type { FetchedRecord } from './source'
import type { TopicOffsets } from './topic-offsets'

/**
 * The parts of kafkajs 2.2.4 that it does not export and that we need: reading records and offsets, and
 * writing offsets, without being a member; leaving for another member; and the moment before a rejoin.
 * Named after the files below `kafkajs/src`; hardening/private-kafkajs.ts checks that they exist.
 */

export interface BrokerInternals {
  offsetCommit(request: {
    groupId: string
    groupGenerationId: number
    memberId: string
    topics: TopicOffsets[]
  }): Promise<unknown>
  offsetFetch(request: {
    groupId: string
    topics: { topic: string; partitions: { partition: number }[] }[]
  }): Promise<{
    responses: TopicOffsets[]
  }>
  describeGroups(request: { groupIds: string[] }): Promise<{ groups: GroupDescription[] }>
  listGroups(): Promise<{ groups: { groupId: string }[] }>
  /** @param topics none: all */
  metadata(topics: string[]): Promise<{
    brokers: AdvertisedBroker[]
    topicMetadata: { topic: string; partitionMetadata: unknown[] }[]
  }>
  leaveGroup(request: { groupId: string; memberId: string }): Promise<unknown>
  fetch(request: {
    maxWaitTime: number
    minBytes: number
    maxBytes: number
    isolationLevel: number
    topics: {
      topic: string
      partitions: { partition: number; fetchOffset: string; maxBytes: number }[]
    }[]
  }): Promise<{ responses: { partitions: FetchedPartition[] }[] }>
}

/** What a fetch answers for one partition; a failed one has no messages. */
export interface FetchedPartition {
  readonly partition: number
  readonly highWatermark: string
  readonly messages: readonly FetchedRecord[]
}

/** As the service describes a group; `Dead` is one that it does not know. */
export interface GroupDescription {
  groupId: string
  state: string
  members: GroupMember[]
}

export interface AdvertisedBroker {
  nodeId: number
  host: string
  port: number
}

/** By number of the API. */
export type ApiVersions = Readonly<Record<number, { minVersion: number; maxVersion: number }>>

export interface GroupMember {
  memberId: string
  clientId: string
  clientHost: string
  /** As the group's leader encoded it; empty unless the group is stable. */
  memberAssignment: Buffer
}

export interface ClusterInternals {
  /** The versions are null until the first connection. */
  readonly brokerPool: {
    readonly versions: ApiVersions | null
    readonly metadata: { brokers: AdvertisedBroker[] } | null
  }
  connect(): Promise<void>
  disconnect(): Promise<void>
  addMultipleTargetTopics(topics: string[]): Promise<void>
  findTopicPartitionMetadata(topic: string): PartitionMetadata[]
  findBroker(request: { nodeId: string }): Promise<BrokerInternals>
  /** @returns by node id */
  findLeaderForPartitions(topic: string, partitions: number[]): Record<string, number[]>
  findGroupCoordinator(request: { groupId: string }): Promise<BrokerInternals>
  /** With `fromTimestamp` (unix ms) the first offset at or after it, -1 where there is none. */
  fetchTopicsOffset(
    topics: {
      topic: string
      partitions: { partition: number }[]
      fromBeginning: boolean
      fromTimestamp?: number
    }[],
  ): Promise<TopicOffsets[]>
}

export interface PartitionMetadata {
  partitionId: number
  leader: number
}

/** One group membership, `consumer/consumerGroup.js`. */
export interface ConsumerGroupInternals {
  readonly cluster: ClusterInternals
  readonly groupId: string
  readonly memberId: string | null
  readonly leaderId: string | null
  readonly generationId: number | null
  joinAndSync(): Promise<void>
  leave(): Promise<void>
  fetch(nodeId: string): Promise<BatchInternals[]>
  commitOffsets(offsets: { topics: TopicOffsets[] }): Promise<void>
}

/** What one fetch brought for one partition, `consumer/batch.js`. */
export interface BatchInternals {
  readonly topic: string
  readonly partition: number
  /** Where the fetch was told to begin. */
  readonly fetchedOffset: string
  readonly rawMessages: readonly unknown[]
  /** With records that were filtered out, or offsets that hold none. */
  isEmptyDueToFiltering(): boolean
  lastOffset(): string
}
