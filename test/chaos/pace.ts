const MINUTE_MS = 60_000

/** From this length on, a run is long enough to show whether anything grows. */
export const LONG_MINUTES = 10
const SAMPLE_MS = 60_000
const LEAST_SAMPLES_OF_RUN = 12
/** Processes that run from start to end: only a process that lives long shows growth. */
const LASTING = 2

/** On average some 80 records a second: what three slow flows take, and catch up with. */
const WRITE_MS = 75
/** All messages are kept until the run is judged, so longer runs write as many as one of this length. */
export const FULL_RATE_MINUTES = 30

const PROGRESS_MS = 10_000
const LONG_PROGRESS_MS = 60_000

/** How often the processes are sampled, and how long each may take until its samples count. */
export interface Sampling {
  readonly everyMs: number
  readonly settleMs: number
}

export interface Pace {
  /** Between two appends. */
  readonly writeEveryMs: number
  readonly progressEveryMs: number
  /** Null: growth is not judged. */
  readonly sampling: Sampling | null
  /** So many processes are never ended. */
  readonly lasting: number
}

export interface PaceOptions {
  readonly minutes: number
  /** Judges growth also in a short run. */
  readonly watchesGrowth: boolean
}

/** What of a run depends on its length. */
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
