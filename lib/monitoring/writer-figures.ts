import { maxOf, sum } from '../numbers'
import type { EndedLogstore, WriterSnapshot } from '../writer/snapshot'
import { sumOfCounts } from '../writer/writer-counts'

const SUMMED = ['rate', 'bytesPerSecond', 'buffered', 'bufferedBytes', 'inFlight'] as const

/** The figures of one node, which can write to several logstores; fields as in a snapshot of one writer. */
type WriterFigures = Readonly<Record<(typeof SUMMED)[number], number>> &
  Pick<WriterSnapshot, 'oldestSeconds' | 'written' | 'failed' | 'errors' | 'lastError'>

/**
 * Sums the figures of the writers of one node. The oldest log and the newest error are those of all of them.
 *
 * @param ended counts of writers that were closed
 */
export function writerFigures(
  snapshots: readonly WriterSnapshot[],
  ended: readonly EndedLogstore[] = [],
): WriterFigures {
  const { written, failed, errors, lastError } = sumOfCounts([
    ...snapshots,
    ...ended.map(({ counts }) => counts),
  ])
  const sums = SUMMED.map((field) => [field, sum(snapshots.map((snapshot) => snapshot[field]))])
  return {
    ...(Object.fromEntries(sums) as Record<(typeof SUMMED)[number], number>),
    oldestSeconds: maxOf(
      snapshots.map(({ oldestSeconds }) => oldestSeconds),
      0,
    ),
    ...{ written, failed, errors, lastError },
  }
}
