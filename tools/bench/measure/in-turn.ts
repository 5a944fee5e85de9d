type Measure = () => Promise<number>

/** Measures our nodes and the reference, one after the other. The order changes with each round. */
export async function inTurn(
  round: number,
  ours: Measure,
  reference: Measure,
): Promise<{ ours: number; reference: number }> {
  const [first = NaN, second = NaN] = await allInTurn(round, [ours, reference])
  return { ours: first, reference: second }
}

/**
 * Measures all, one after the other. Each round begins with another one, so that a machine that becomes
 * slower does not favour the same one each time.
 *
 * @returns the figures in the order of the measures
 */
export async function allInTurn(round: number, measures: readonly Measure[]): Promise<number[]> {
  const figures = measures.map(() => NaN)
  for (let step = 0; step < measures.length; step++) {
    const index = (round + step) % measures.length
    figures[index] = (await measures[index]?.()) ?? NaN
  }
  return figures
}
