const MINUTE_MS = 60_000

/** From this length on, a run is long enough to show whether anything grows. */
export const LONG_MINUTES = 10
const SAMPLE_MS = 60_000
const LEAST_SAMPLES_OF_RUN = 12
/** Processes that run from start to end: growth shows only in a long run of one process. */
const LASTING = 2

/** On average 80 records per second, which three slow flows can process. */
const WRITE_MS = 75
/** Longer runs write as many records as a run of this length, because all messages are kept until the end. */
export const FULL_RATE_MINUTES = 30

const PROGRESS_MS = 10_000
const LONG_PROGRESS_MS = 60_000

/** The interval between samples, and the time until the samples of a process count. */
export interface Sampling {
  readonly everyMs: number
  readonly settleMs: number
}

export interface Pace {
  /** The time between two appends. */
  readonly writeEveryMs: number
  readonly progressEveryMs: number
  /** Null if growth is not judged. */
  readonly sampling: Sampling | null
  /** The number of processes that are never ended. */
  readonly lasting: number
}

export interface PaceOptions {
  readonly minutes: number
  /** Judges growth in a short run too. */
  readonly watchesGrowth: boolean
}

/** Returns the settings that depend on the length of a run. */
export function paceOf({ minutes, watchesGrowth }: PaceOptions): Pace {
  const ms = minutes * MINUTE_MS
  const isWatched = watchesGrowth || minutes >= LONG_MINUTES
  return {
    writeEveryMs: WRITE_MS * Math.max(1, minutes / FULL_RATE_MINUTES),
    progressEveryMs: minutes >= LONG_MINUTES ? LONG_PROGRESS_MS : PROGRESS_MS,
    sampling: isWatched
      ? { everyMs: Math.min(SAMPLE_MS, ms / LEAST_SAMPLES_OF_RUN), settleMs: ms / 6 }
      : null,
    lasting: isWatched ? LASTING : 0,
  }
}
