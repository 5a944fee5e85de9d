import { textOf } from '../../../lib/config/fields'

/** The properties of an `sls in` that decide whose shards it takes part in. */
export interface GroupMember {
  readonly id: string
  /** A key that is the same for all nodes of one SLS project. */
  readonly project: string
  readonly logstore: string
  readonly group: string
  /** Neither the node nor its tab is disabled. */
  readonly isEnabled: boolean
  /** The user has said that sharing the group is intended. */
  readonly isOnPurpose: boolean
}

/** The fields of an `sls-project` that tell one project from another. */
const PROJECT_FIELDS = ['project', 'endpoint', 'bootstrap'] as const

/** The key of a project for `GroupMember`; an empty text for none. */
export function projectKey(project: Readonly<Record<string, unknown>> | null): string {
  return project ? JSON.stringify(PROJECT_FIELDS.map((field) => textOf(project[field]))) : ''
}

/**
 * The other enabled nodes in the same group of the same project, those that read the same logstore first. A
 * variable in a name is compared as it is written.
 */
export function groupMates<Member extends GroupMember>(
  node: GroupMember,
  all: readonly Member[],
): Member[] {
  if (!node.isEnabled || node.project === '' || node.group === '') return []
  const mates = all.filter(
    ({ id, isEnabled, project, group }) =>
      id !== node.id && isEnabled && project === node.project && group === node.group,
  )
  const isSame = ({ logstore }: Member): boolean => logstore === node.logstore
  return [...mates.filter(isSame), ...mates.filter((mate) => !isSame(mate))]
}

/** The first other node that gets a part of the records of this one, without "Shared on purpose" at either of them. */
export function unintendedMate<Member extends GroupMember>(
  node: GroupMember,
  all: readonly Member[],
): Member | undefined {
  if (node.isOnPurpose || node.logstore === '') return undefined
  return groupMates(node, all).find(
    ({ logstore, isOnPurpose }) => logstore === node.logstore && !isOnPurpose,
  )
}
