import { worksOn } from './generation'

worksOn('2.2', {
  Fetch: 10,
  ListOffsets: 3,
  Produce: 7,
  Metadata: 6,
  OffsetCommit: 5,
  OffsetFetch: 4,
  FindCoordinator: 2,
  JoinGroup: 4,
  Heartbeat: 2,
  LeaveGroup: 2,
  SyncGroup: 2,
  DescribeGroups: 2,
  ListGroups: 2,
  DescribeConfigs: 2,
  SaslHandshake: 1,
  ApiVersions: 0,
  SaslAuthenticate: 1,
})
