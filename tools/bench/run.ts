import { Resources } from '../shared/resources'
import type { Case, Pair } from './case'
import { Bench } from './measure/bench'
import type { BenchOptions } from './options'
import { summarise, type Result } from './summary'

const QUICK_ROUNDS = 2

/** Measures one case after the other. @param print prints the progress */
export async function run(
  options: BenchOptions,
  resources: Resources,
  print: (line: string) => void,
): Promise<Result[]> {
  const results: Result[] = []
  const bench = new Bench(resources, options)
  for (const one of options.cases) {
    const since = performance.now()
    const own = new Resources()
    try {
      results.push(...(await measured(one, bench, own, print)))
    } finally {
      await own.end()
    }
    print(`${one.name} took ${Math.round((performance.now() - since) / 1000)} s`)
  }
  return results
}

async function measured(
  { name, rows, rounds, start }: Case,
  bench: Bench,
  resources: Resources,
  print: (line: string) => void,
): Promise<Result[]> {
  const measureRound = await start(bench, resources)
  const pairs: (readonly Pair[])[] = []
  const count = bench.isQuick ? QUICK_ROUNDS : rounds
  for (let round = 0; round < count; round++) {
    pairs.push(await measureRound(round))
    print(`${name} ${round + 1}/${count}: ${pairs.at(-1)?.map(pairText).join('; ') ?? ''}`)
  }
  return rows.map((row, index) =>
    summarise(
      row,
      pairs.flatMap((round) => round[index] ?? []),
    ),
  )
}

function pairText({ ours, reference }: Pair): string {
  const figures = [ours, ...(reference === null ? [] : [reference])]
  return figures.map((figure) => figure.toPrecision(4)).join(' / ')
}
