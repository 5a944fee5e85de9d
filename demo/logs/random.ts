/** Numbers from 0 to below 1, always the same ones for the same seed. */
export type Random = () => number

/** Mulberry32: small, fast and good enough to look real. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A whole number, both ends included. */
export function between(random: Random, low: number, high: number): number {
  return low + Math.floor(random() * (high - low + 1))
}

export function oneOf<Choice>(random: Random, choices: readonly [Choice, ...Choice[]]): Choice {
  return choices[Math.floor(random() * choices.length)] ?? choices[0]
}

/** The higher its weight, the more often a choice is taken. */
export function weighted<Choice>(
  random: Random,
  choices: readonly [Weighted<Choice>, ...Weighted<Choice>[]],
): Choice {
  let rest = random() * choices.reduce((sum, [weight]) => sum + weight, 0)
  for (const [weight, choice] of choices) {
    rest -= weight
    if (rest < 0) return choice
  }
  return choices[0][1]
}

export type Weighted<Choice> = readonly [weight: number, choice: Choice]

/** Durations are mostly short and now and then very long; the median is given. */
export function duration(random: Random, median: number): number {
  const normal = random() + random() + random() - 1.5
  return median * Math.exp(2.2 * normal)
}

export function hex(random: Random, length: number): string {
  return Array.from({ length }, () => between(random, 0, 15).toString(16)).join('')
}
