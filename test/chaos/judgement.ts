import type { Broker } from '../support/broker'
import type { TopicRecord } from '../support/topic-records'
import type { Violation } from '../integrity/support/check-commits'
import type { TestedFlow } from '../integrity/support/flow'
import { judge, recordKey } from '../integrity/support/verdict'
import { seconds } from './action'
import { beyondWindow } from './repeats'
import { writtenAt } from './writer'

/** An invariant that was broken. */
export interface Breach {
  /** Unix ms. */
  readonly at: number
  readonly text: string
}

export interface Result {
  readonly delivered: number
  readonly lost: number
  /** Sent more often than once, without the flow having asked for it. */
  readonly repeated: number
  /** Sent again because the flow had failed. */
  readonly retried: number
  readonly commits: number
  readonly commitsBeyond: number
  readonly breaches: readonly Breach[]
}

/** @param written records handed to the endpoint */
export async function resultOf(
  broker: Broker,
  flows: readonly TestedFlow[],
  written: number,
  startedAt: number,
): Promise<Result> {
  const { records, commits, violations, lost } = await judge(broker, flows)
  const since = (time: number): string => `at ${seconds(time - startedAt)}`
  const missing = Math.max(0, written - records.length)
  return {
    delivered: records.length - lost.length,
    lost: lost.length + missing,
    ...repeatsIn(flows),
    commits: commits.length,
    commitsBeyond: violations.filter(({ kind }) => kind !== 'backwards').length,
    breaches: [
      ...violations.map((violation) => ({
        at: violation.commit.time,
        text: textOf(violation, since),
      })),
      ...lost.map((record) => ({
        at: lineTime(record),
        text: `lost: record ${recordKey(record)}, written ${since(lineTime(record))}`,
      })),
      ...beyondWindow(flows.flatMap((flow) => flow.records)).map(({ at, shard, repeated }) => ({
        at,
        text: `shard ${shard}: ${repeated} records repeated in one assignment, more than a window`,
      })),
      ...(missing === 0
        ? []
        : [{ at: startedAt, text: `the endpoint itself has lost ${missing} records` }]),
    ],
  }
}

/** How often records were sent more than once: by itself, and because the flow had failed. */
export function repeatsIn(flows: readonly TestedFlow[]): { repeated: number; retried: number } {
  const sent = flows.flatMap((flow) => flow.records)
  const different = new Set(sent.map(({ partition, offset }) => `${partition}:${offset}`)).size
  const retried = sent.filter(({ kafka }) => Number(kafka?.['attempt']) > 1).length
  return { repeated: sent.length - different - retried, retried }
}

function textOf({ kind, commit, offset, lateBy }: Violation, since: (time: number) => string) {
  const what = `shard ${commit.shard}, ${commit.offset} committed ${since(commit.time)}`
  switch (kind) {
    case 'unfinished':
      return `${what} beyond record ${offset}, which was never acknowledged`
    case 'too-soon':
      return `${what} beyond record ${offset}, which was acknowledged ${lateBy} ms later`
    case 'past-the-end':
      return `${what}, but its records end at ${offset}`
    case 'backwards':
      return `${what} after ${offset} had been committed`
  }
}

function lineTime({ message }: TopicRecord): number {
  return writtenAt(String(message.value))
}
