import type { Random } from '../../shared/random'

export type Weighted<Choice> = readonly [weight: number, choice: Choice]

/** The higher its weight, the more often a choice is taken. */
export function weighted<Choice>(
  random: Random,
  choices: readonly [Weighted<Choice>, ...Weighted<Choice>[]],
): Choice {
  let rest = random.next() * choices.reduce((sum, [weight]) => sum + weight, 0)
  for (const [weight, choice] of choices) {
    rest -= weight
    if (rest < 0) return choice
  }
  return choices[0][1]
}

/** A duration, in the unit of the median. Most are short, and some are very long. */
export function duration(random: Random, median: number): number {
  const normal = random.next() + random.next() + random.next() - 1.5
  return median * Math.exp(2.2 * normal)
}

export function hex(random: Random, length: number): string {
  return Array.from({ length }, () => random.between(0, 15).toString(16)).join('')
}
