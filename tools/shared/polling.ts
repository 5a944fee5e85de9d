import { setTimeout as delay } from 'node:timers/promises'

type Condition = () => boolean | Promise<boolean>

interface Limits {
  readonly timeoutMs: number
  /** Between two checks; default 50. */
  readonly intervalMs?: number
}

/** Checks a condition again and again. @returns whether it became true within the timeout */
export async function becomesTrue(
  condition: Condition,
  { timeoutMs, intervalMs = 50 }: Limits,
): Promise<boolean> {
  const deadlineMs = performance.now() + timeoutMs
  while (!(await condition())) {
    if (performance.now() > deadlineMs) return false
    await delay(intervalMs)
  }
  return true
}

/**
 * Resolves when the condition is true.
 *
 * @param explain returns the message of the error if the condition is not true within the timeout
 */
export async function waitUntil(
  condition: Condition,
  explain: () => string,
  limits: Limits,
): Promise<void> {
  if (!(await becomesTrue(condition, limits))) throw new Error(explain())
}
