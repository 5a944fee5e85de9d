import { worksOn } from './generation'

worksOn('4.3', {
  Fetch: 10,
  ListOffsets: 3,
  Produce: 7,
  Metadata: 6,
  OffsetCommit: 5,
  OffsetFetch: 4,
  FindCoordinator: 2,
  JoinGroup: 5,
  Heartbeat: 3,
  LeaveGroup: 3,
  SyncGroup: 3,
  DescribeGroups: 2,
  ListGroups: 2,
  DescribeConfigs: 2,
  SaslHandshake: 1,
  ApiVersions: 0,
  SaslAuthenticate: 1,
})
