import { setTimeout as delay } from 'node:timers/promises'
import type { Endpoint } from './endpoint'

const LOOK_MS = 200
const LONGEST_MS = 60_000

/** Resolves when all these groups have gathered their members. */
export async function joined({ service }: Endpoint, wanted: readonly string[]): Promise<void> {
  const end = Date.now() + LONGEST_MS
  for (;;) {
    const { groups } = await service.state()
    const stable = new Set(groups.flatMap(({ id, state }) => (state === 'Stable' ? [id] : [])))
    const missing = wanted.filter((group) => !stable.has(group))
    if (missing.length === 0) return
    if (Date.now() > end) throw new Error(`not joined: ${missing.join(', ')}`)
    await delay(LOOK_MS)
  }
}
