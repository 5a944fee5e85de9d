/** What a RAM policy allows: to read (`sls in`), to write (`sls out`), or both. */
export const POLICY_ACCESS = ['read', 'write', 'both'] as const
export type PolicyAccess = (typeof POLICY_ACCESS)[number]

/** The scope of a RAM policy. */
export interface PolicyScope {
  readonly project: string
  readonly access: PolicyAccess
  /** Whether the policy also allows listing the logstores, which the dialogs use and the nodes do not need. */
  readonly listsLogstores: boolean
}

/** The actions on logstores, beside those that reading and writing have in common. */
const ACTIONS: Readonly<Record<PolicyAccess, readonly string[]>> = {
  read: ['log:GetCursorOrData'],
  write: ['log:PostLogStoreLogs'],
  both: ['log:GetCursorOrData', 'log:PostLogStoreLogs'],
}

/**
 * The least RAM policy for the nodes of a project, as JSON for the RAM console (sls.aliyun.com, "Kafka consumption";
 * Alibaba Cloud, "Use the Kafka protocol to upload logs").
 */
export function ramPolicy({ project, access, listsLogstores }: PolicyScope): string {
  const resource = `acs:log:*:*:project/${project}`
  const logstores = `${resource}/logstore/*`
  const statements = [
    allow(['log:GetProject'], resource),
    allow(['log:GetLogStore', 'log:ListShards', ...ACTIONS[access]], logstores),
    ...(listsLogstores ? [allow(['log:ListLogStores'], logstores)] : []),
  ]
  return JSON.stringify({ Version: '1', Statement: statements }, null, 2)
}

function allow([first, ...more]: readonly string[], resource: string): object {
  return { Effect: 'Allow', Action: more.length > 0 ? [first, ...more] : first, Resource: resource }
}
