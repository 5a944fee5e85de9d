import { guarded } from '../guarded'
import type { MemberOptions } from './client-config'
import { JOIN_LOOK_INTERVAL, SILENCE_TIMEOUT } from './constants'
import type { Dialer } from './dialer'
import { KafkaSession } from './session'
import type { GroupWait } from './silence-guard'

export interface JoinWatchListener {
  /** Of its group, by the last answered join. */
  isLeader(): boolean
  /** Told again and again while the wait goes on. @param since when it began, unix ms */
  onWaiting(since: number): void
  /** The watch itself has failed. */
  onError(error: unknown): void
}

/** Of a wait: looks that came to nothing, after which it is left alone. */
const MOST_FAILURES = 3

/** What a group is at when all who had joined it were answered. */
const OVER: ReadonlySet<string> = new Set(['Stable', 'Empty', 'Dead'])
/** The same for the join alone: the leader's assignment is still waited for. */
const JOINED = 'CompletingRebalance'

/**
 * Looks after a join that waits. A member may have to wait for the others for minutes, so the silence of
 * its connection says nothing, and a half-open one would go unnoticed for as long. A second connection
 * tells what the group is at: if by that the service has answered, in two looks in a row, the first one
 * is dead and is ended. Without an answer to the looks all stays as it is.
 */
export class JoinWatch {
  readonly #options: MemberOptions
  readonly #dialer: Dialer
  readonly #listener: JoinWatchListener
  readonly #timer: NodeJS.Timeout
  #look: Look | null = null

  constructor(options: MemberOptions, dialer: Dialer, listener: JoinWatchListener) {
    this.#options = options
    this.#dialer = dialer
    this.#listener = listener
    const check = guarded(
      (error) => {
        listener.onError(error)
      },
      () => {
        this.#check()
      },
    )
    this.#timer = setInterval(check, JOIN_LOOK_INTERVAL)
  }

  end(): void {
    clearInterval(this.#timer)
    this.#look?.end()
  }

  #check(): void {
    const wait = this.#dialer.groupWait
    if (this.#look && this.#look.wait !== wait) {
      this.#look.end()
      this.#look = null
    }
    if (!wait || Date.now() - wait.since < JOIN_LOOK_INTERVAL) return
    if (wait.request === 'sync' && this.#listener.isLeader()) {
      // Whoever brings the assignment is answered at once.
      if (Date.now() - wait.since >= SILENCE_TIMEOUT) this.#dialer.endGroupWait()
      return
    }
    this.#listener.onWaiting(wait.since)
    this.#look ??= new Look(this.#options, wait, () => {
      if (this.#dialer.groupWait === wait) this.#dialer.endGroupWait()
    })
    void this.#look.again()
  }
}

/** The looks at the group in one wait, through one connection. */
class Look {
  readonly wait: GroupWait
  readonly #options: MemberOptions
  readonly #onOver: () => void
  #session: KafkaSession | null = null
  #isUnderWay = false
  #wasOver = false
  #failures = 0

  constructor(options: MemberOptions, wait: GroupWait, onOver: () => void) {
    this.#options = options
    this.wait = wait
    this.#onOver = onOver
  }

  /** Never rejects. */
  async again(): Promise<void> {
    if (this.#isUnderWay || this.#failures >= MOST_FAILURES) return
    this.#isUnderWay = true
    try {
      const session = this.#session ?? (await this.#open())
      const { state } = await session.describe(this.#options.consumer.group)
      const isOver = this.#isOver(state)
      if (isOver && this.#wasOver) this.#onOver()
      this.#wasOver = isOver
    } catch {
      this.end()
      this.#wasOver = false
      this.#failures++
    }
    this.#isUnderWay = false
  }

  end(): void {
    void this.#session?.close()
    this.#session = null
  }

  async #open(): Promise<KafkaSession> {
    const session = new KafkaSession(this.#options)
    this.#session = session
    await session.open()
    return session
  }

  #isOver(state: string): boolean {
    return OVER.has(state) || (state === JOINED && this.wait.request === 'join')
  }
}
