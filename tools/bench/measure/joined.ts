import { waitUntil } from '../../shared/polling'
import type { Endpoint } from './endpoint'

const LIMITS = { timeoutMs: 60_000, intervalMs: 200 }

/** Resolves when all these groups have gathered their members. */
export async function joined({ service }: Endpoint, wanted: readonly string[]): Promise<void> {
  let missing = wanted
  const haveJoined = async (): Promise<boolean> => {
    const { groups } = await service.state()
    const stable = new Set(groups.flatMap(({ id, state }) => (state === 'Stable' ? [id] : [])))
    missing = wanted.filter((group) => !stable.has(group))
    return missing.length === 0
  }
  await waitUntil(haveJoined, () => `not joined: ${missing.join(', ')}`, LIMITS)
}
