import type { Protocol } from './member'

interface Voter {
  readonly protocols: readonly Protocol[]
}

/** Whether every member offers at least one of these protocols. */
export function sharesProtocol(members: readonly Voter[], protocols: readonly Protocol[]): boolean {
  return protocols.some(({ name }) => members.every((member) => offers(member, name)))
}

/** Each member votes for the first protocol of its list that all have; most votes win, ties go to the first. */
export function selectProtocol(members: readonly Voter[]): string {
  const votes = new Map<string, number>()
  for (const { protocols } of members) {
    const choice = protocols.find(({ name }) => members.every((member) => offers(member, name)))
    if (choice) votes.set(choice.name, (votes.get(choice.name) ?? 0) + 1)
  }
  const [winner] = [...votes].sort(([, left], [, right]) => right - left)
  return winner?.[0] ?? ''
}

function offers(member: Voter, name: string): boolean {
  return member.protocols.some((protocol) => protocol.name === name)
}
