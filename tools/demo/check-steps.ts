import type { RunningDemo } from './demo'

/** The Inject nodes of the demo tab. */
export const BUTTON = {
  databaseDown: 'demo-database-down',
  databaseUp: 'demo-database-up',
  endpointOff: 'demo-endpoint-off',
  killNodeRed: 'demo-node-red-kill',
  endpointOffWhileWriting: 'demo-write-endpoint-off',
} as const

export const STEP_MS = 30_000
export const STEP_LIMITS = { timeoutMs: STEP_MS, intervalMs: 100 }

/** Presses the button of an Inject node, as the editor does. */
export async function press({ url }: Pick<RunningDemo, 'url'>, id: string): Promise<void> {
  const response = await fetch(`${url}/inject/${id}`, {
    method: 'POST',
    signal: AbortSignal.timeout(STEP_MS),
  })
  if (!response.ok) throw new Error(`the button ${id} answers ${response.status}`)
}
