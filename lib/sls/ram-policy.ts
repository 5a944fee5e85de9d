export interface PolicyScope {
  readonly project: string
  /** Whether the logstores may be listed too; reading needs it not. */
  readonly listsLogstores: boolean
}

/**
 * The smallest policy for a RAM user who reads a project (sls.aliyun.com, "Kafka consumption"), as the
 * RAM console takes it.
 */
export function ramPolicy({ project, listsLogstores }: PolicyScope): string {
  const resource = `acs:log:*:*:project/${project}`
  const logstores = `${resource}/logstore/*`
  const statements = [
    allow(['log:GetProject'], resource),
    allow(['log:GetLogStore', 'log:ListShards', 'log:GetCursorOrData'], logstores),
    ...(listsLogstores ? [allow(['log:ListLogStores'], logstores)] : []),
  ]
  return JSON.stringify({ Version: '1', Statement: statements }, null, 2)
}

function allow([first, ...more]: readonly string[], resource: string): object {
  return { Effect: 'Allow', Action: more.length > 0 ? [first, ...more] : first, Resource: resource }
}
