import type { Broker } from '../shared/broker'
import { recordsOf, type TopicRecord } from '../shared/topic-records'
import type { Violation } from '../shared/integrity/check-commits'
import type { TestedFlow } from '../shared/integrity/flow'
import { judge, recordKey } from '../shared/integrity/judgement'
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
  /** Records sent more than once without a retry of the flow. */
  readonly repeated: number
  /** Records sent again because the flow had failed. */
  readonly retried: number
  readonly commits: number
  readonly commitsBeyond: number
  /** Records that the flows have written, each counted once, and how many of them are stored again. */
  readonly copied: number
  readonly copiedAgain: number
  readonly breaches: readonly Breach[]
}

/** What is stored in the end. */
interface Stored {
  /** Number of records written to the emulator. */
  readonly written: number
  /** The logstore that the flows write each record to before they acknowledge it. */
  readonly copies: string
}

export async function resultOf(
  broker: Broker,
  flows: readonly TestedFlow[],
  { written, copies }: Stored,
  startedAt: number,
): Promise<Result> {
  const { records, finished, commits, violations, lost } = await judge(broker, flows)
  const copied = await recordsOf(broker, copies, await broker.endOffsets(copies))
  const texts = new Set(copied.map(({ message }) => String(message.value)))
  const notCopied = records.filter(
    (record) => finished.has(recordKey(record)) && !texts.has(String(record.message.value)),
  )
  const since = (time: number): string => `at ${seconds(time - startedAt)}`
  const missing = Math.max(0, written - records.length)
  return {
    delivered: records.length - lost.length,
    lost: lost.length + missing,
    ...repeatsIn(flows),
    commits: commits.length,
    commitsBeyond: violations.filter(({ kind }) => kind !== 'backwards').length,
    copied: texts.size,
    copiedAgain: copied.length - texts.size,
    breaches: [
      ...violations.map((violation) => ({
        at: violation.commit.time,
        text: textOf(violation, since),
      })),
      ...lost.map((record) => ({
        at: lineTime(record),
        text: `lost: record ${recordKey(record)}, written ${since(lineTime(record))}`,
      })),
      ...notCopied.map((record) => ({
        at: lineTime(record),
        text: `acknowledged and not stored again: record ${recordKey(record)}, written ${since(lineTime(record))}`,
      })),
      ...beyondWindow(flows.flatMap((flow) => flow.records)).map(({ at, shard, repeated }) => ({
        at,
        text: `shard ${shard}: ${repeated} records repeated in one assignment, more than a window`,
      })),
      ...(missing === 0
        ? []
        : [{ at: startedAt, text: `the emulator itself has lost ${missing} records` }]),
    ],
  }
}

/** Counts records that were sent more than once: without a retry, and because the flow had failed. */
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
