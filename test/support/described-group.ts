import type { FakeCluster } from './fake-cluster'

export interface DescribedMember {
  readonly id: string
  readonly clientId: string
  readonly assignment?: Buffer
}

/** From now on the cluster describes any group so. @param state as Apache Kafka names it */
export function describeAs(
  cluster: FakeCluster,
  state: string,
  members: readonly DescribedMember[],
): void {
  cluster.on('DescribeGroups', ({ groupIds }) => ({
    groups: groupIds.map((id) => ({
      error: 0,
      id,
      state,
      protocolType: 'consumer',
      protocol: 'range',
      members: members.map((member) => ({
        clientHost: '/127.0.0.1',
        metadata: Buffer.alloc(0),
        assignment: Buffer.alloc(0),
        ...member,
      })),
    })),
  }))
}
