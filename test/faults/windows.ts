/**
 * The largest number of moments that lie within a window of time, wherever it begins.
 *
 * @param timesMs ascending, milliseconds
 * @param windowMs length of the window; its end is not part of it
 */
export function mostWithin(timesMs: readonly number[], windowMs: number): number {
  let most = 0
  let first = 0
  timesMs.forEach((timeMs, index) => {
    while (timeMs - (timesMs[first] ?? timeMs) >= windowMs) first += 1
    most = Math.max(most, index - first + 1)
  })
  return most
}

/** A span of time; milliseconds. */
export interface Span {
  readonly fromMs: number
  readonly toMs: number
}

/**
 * The spans without any delivery, between neighbouring moments and up to the end.
 *
 * @param timesMs ascending, milliseconds
 * @param fromMs where the first span begins if there is no moment at all
 * @param endMs where the last span ends
 */
export function gapsOf(timesMs: readonly number[], fromMs: number, endMs: number): Span[] {
  const starts = timesMs.length > 0 ? timesMs : [fromMs]
  return starts.map((startMs, index) => ({ fromMs: startMs, toMs: starts[index + 1] ?? endMs }))
}
