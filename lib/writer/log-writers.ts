import type { Clock } from '../clock'
import type { WriterOptions } from '../config/writer-options'
import type { Compiled } from '../config/project-options'
import type { Problem } from '../config/problem'
import type { LogWriter } from './log-writer'
import type { ErrorCode } from '../errors'
import type { EndedLogstore, WriterCounts, WriterSnapshot } from './snapshot'
import { NO_COUNTS, sumOfCounts } from './writer-counts'

/** Most logstores that one node writes to at a time. Each has a connection and a buffer of its own. */
const MAX_WRITERS = 50
/** A writer that has had nothing to do for this time is closed. */
const IDLE_MS = 60_000
/** A writer of a logstore that does not exist is closed sooner: made-up names must not fill the places of others. */
const MISSING_IDLE_MS = 10_000
const CHECK_INTERVAL_MS = 10_000
/** Most closed logstores whose counts are kept by name: a flow can make up names without an end. */
const MAX_ENDED = 100
/** The name of the counts that belong to no logstore by name. No logstore has it. */
const OTHERS = ''

export interface LogWritersPorts {
  readonly clock: Clock
  /** The logstore whose writer stays open without messages; null if there is none. */
  readonly kept: string | null
  /** Checks the settings for one logstore. */
  readonly compile: (logstore: string) => Compiled<WriterOptions>
  readonly create: (options: WriterOptions) => LogWriter
}

/** A logstore that cannot be written to: its name has problems, too many are in use, or the node is closing. */
export type WriterRefusal =
  | { readonly problems: readonly Problem[] }
  | { readonly most: number }
  | { readonly isClosing: true }

interface Entry {
  readonly writer: LogWriter
  /** Monotonic. */
  usedMs: number
}

/** The writers of one node, by logstore: the name of the logstore can come from each message. */
export class LogWriters {
  readonly #ports: LogWritersPorts
  readonly #entries = new Map<string, Entry>()
  /** Counts of closed writers by logstore, in the order of their closing. Those of an open one are added to them. */
  readonly #ended = new Map<string, WriterCounts>()
  /** Idle writers that are still closing. */
  readonly #closing = new Set<Promise<void>>()

  readonly #stopChecking: () => void
  #isClosing = false

  constructor(ports: LogWritersPorts) {
    this.#ports = ports
    this.#stopChecking = ports.clock.every(CHECK_INTERVAL_MS, () => {
      this.#closeIdle()
    })
  }

  /** The writer of a logstore, which is started on its first use. */
  writerOf(logstore: string): LogWriter | WriterRefusal {
    const nowMs = this.#ports.clock.monotonic()
    const known = this.#entries.get(logstore)
    if (known) {
      known.usedMs = nowMs
      return known.writer
    }
    if (this.#isClosing) return { isClosing: true }
    const compiled = this.#ports.compile(logstore)
    if ('problems' in compiled) return compiled
    if (this.#entries.size >= MAX_WRITERS) return { most: MAX_WRITERS }
    const writer = this.#ports.create(compiled.options)
    this.#entries.set(logstore, { writer, usedMs: nowMs })
    writer.start()
    return writer
  }

  /** Counts logs for which there is no writer. */
  refused(code: ErrorCode, logs: number): void {
    const { clock } = this.#ports
    this.#addTo(OTHERS, {
      ...{ written: 0, failed: logs, errors: { [code]: logs } },
      ...{ lastError: { code, at: clock.now() }, lastErrorMs: clock.monotonic() },
    })
  }

  /** Snapshots of the open writers. Their counts are those of the logstore since the deploy. */
  snapshots(): readonly { readonly logstore: string; readonly snapshot: WriterSnapshot }[] {
    return [...this.#entries].map(([logstore, { writer }]) => {
      const snapshot = writer.snapshot()
      const before = this.#ended.get(logstore)
      return {
        logstore,
        snapshot: before ? { ...snapshot, ...sumOfCounts([before, snapshot]) } : snapshot,
      }
    })
  }

  /** The counts of all logstores without an open writer; last those that belong to none by name. */
  ended(): readonly EndedLogstore[] {
    return [...this.#ended]
      .filter(([logstore]) => !this.#entries.has(logstore))
      .map(([logstore, counts]) => ({ logstore, counts }))
      .sort((one, other) => Number(one.logstore === OTHERS) - Number(other.logstore === OTHERS))
  }

  /** Closes all writers at the same time. Never rejects. */
  async close(): Promise<void> {
    this.#isClosing = true
    this.#stopChecking()
    const open = [...this.#entries.values()].map(({ writer }) => writer.close())
    await Promise.all([...open, ...this.#closing])
  }

  /** Gives up the connections of logstores that messages have named once. */
  #closeIdle(): void {
    const { clock, kept } = this.#ports
    const nowMs = clock.monotonic()
    for (const [logstore, { writer, usedMs }] of [...this.#entries]) {
      if (logstore === kept || nowMs - usedMs < MISSING_IDLE_MS) continue
      const { buffered, isMissing } = writer.snapshot()
      const idleMs = isMissing ? MISSING_IDLE_MS : IDLE_MS
      if (buffered === 0 && nowMs - usedMs >= idleMs) this.#end(logstore, writer)
    }
  }

  #end(logstore: string, writer: LogWriter): void {
    this.#entries.delete(logstore)
    this.#addTo(logstore, writer.snapshot())
    const closed = writer.close().finally(() => this.#closing.delete(closed))
    this.#closing.add(closed)
  }

  #addTo(logstore: string, counts: WriterCounts): void {
    const sum = sumOfCounts([this.#ended.get(logstore) ?? NO_COUNTS, counts])
    this.#ended.delete(logstore)
    this.#ended.set(logstore, sum)
    // Those of an open writer are a part of its sums.
    const names = [...this.#ended.keys()].filter(
      (name) => name !== OTHERS && !this.#entries.has(name),
    )
    const [oldest] = names
    if (oldest === undefined || names.length <= MAX_ENDED) return
    const forgotten = this.#ended.get(oldest) ?? NO_COUNTS
    this.#ended.delete(oldest)
    this.#addTo(OTHERS, forgotten)
  }
}
