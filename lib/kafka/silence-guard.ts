import type { Socket } from 'node:net'
import { MAX_RESPONSE_BYTES } from './constants'

/** By API key. */
const GROUP_REQUESTS: ReadonlyMap<number, GroupWait['request']> = new Map([
  [11, 'join'],
  [14, 'sync'],
])
const API_KEY_AT = 4

/** Code of the error of a connection on which a response was announced that is too large. */
const RESPONSE_TOO_LARGE = 'RESPONSE_TOO_LARGE'

export interface SilenceLimits {
  /** Milliseconds without a byte while a request is pending. */
  readonly request: number
  /** The same while the group lets a joining member wait. */
  readonly groupWait: number
}

export interface SilenceListener {
  /** The socket was destroyed. */
  onSilent(): void
  /** A part of an answer has come, and not yet its end. */
  onArriving(): void
}

/** A request by which a member waits for the others of its group, which may take minutes. */
export interface GroupWait {
  readonly request: 'join' | 'sync'
  /** Unix ms. */
  readonly since: number
}

export interface SilenceGuard {
  /** What is waited for on this socket. */
  readonly groupWait: GroupWait | null
}

/**
 * Destroys a socket that owes an answer and has gone silent, as half-open connections do. Judged by
 * silence and never by the age of a request: on a slow link a large answer takes long, and a client
 * that kills it by age downloads the same bytes for ever.
 */
export function guardSilence(
  socket: Socket,
  limits: SilenceLimits,
  { onSilent, onArriving }: Partial<SilenceListener> = {},
): SilenceGuard {
  const frames = new FrameCounter()
  let owed = 0
  let groupWait: GroupWait | null = null
  // Not the socket's own time-out: what we write would put that off, heartbeats for example.
  let timer: NodeJS.Timeout | undefined
  let patience = 0

  const watch = (): void => {
    const limit = groupWait ? limits.groupWait : limits.request
    if (owed === 0 || socket.destroyed) {
      clearTimeout(timer)
      timer = undefined
    } else if (timer && patience === limit) {
      // A large answer comes in hundreds of pieces: a new timer for each would show.
      timer.refresh()
    } else {
      clearTimeout(timer)
      patience = limit
      timer = setTimeout(() => {
        destroySilent(socket)
        onSilent?.()
      }, limit)
    }
  }
  const write = socket.write.bind(socket) as unknown as (...args: unknown[]) => boolean
  socket.write = (data: Buffer, ...rest: unknown[]) => {
    const apiKey = data.length > API_KEY_AT + 1 ? data.readInt16BE(API_KEY_AT) : -1
    const request = GROUP_REQUESTS.get(apiKey)
    owed++
    if (owed === 1 || (request && !groupWait)) {
      groupWait = request ? { request, since: Date.now() } : null
      watch()
    }
    return write(data, ...rest)
  }

  socket.on('data', (chunk: Buffer) => {
    const complete = frames.count(chunk)
    if (frames.isTooLarge) {
      destroyTooLarge(socket, frames.announced)
      return
    }
    if (complete === 0) onArriving?.()
    owed = Math.max(0, owed - complete)
    if (owed === 0) groupWait = null
    watch()
  })
  socket.on('close', () => {
    clearTimeout(timer)
  })
  return {
    get groupWait() {
      return groupWait
    },
  }
}

/** As what it is for whoever waits for an answer: no longer connected. */
export function destroySilent(socket: Socket): void {
  const error = new Error('the service stopped answering')
  socket.destroy(Object.assign(error, { code: 'ETIMEDOUT' }))
}

/** Not even its beginning is worth keeping, and what stands behind it is no beginning of another one. */
function destroyTooLarge(socket: Socket, announced: number): void {
  const error = new Error(
    `a response of ${announced} bytes; at most ${MAX_RESPONSE_BYTES} are read`,
  )
  socket.destroy(Object.assign(error, { code: RESPONSE_TOO_LARGE }))
}

/** Counts answers in a byte stream: each begins with its length, a 32-bit big-endian integer. */
export class FrameCounter {
  #lengthBytes = 0
  #length = 0
  #bodyLeft = 0

  /** The length of the answer that arrives now, as it announces it; negative ones are announced as well. */
  get announced(): number {
    return this.#length | 0
  }

  /** Nothing is counted any more. */
  get isTooLarge(): boolean {
    return this.#lengthBytes === 4 && this.#length > MAX_RESPONSE_BYTES
  }

  /** @returns how many answers this chunk completes */
  count(chunk: Buffer): number {
    let complete = 0
    let at = 0
    while (at < chunk.length) {
      if (this.#lengthBytes < 4) {
        this.#length = this.#length * 256 + (chunk[at++] ?? 0)
        if (++this.#lengthBytes < 4) continue
        if (this.isTooLarge) break
        this.#bodyLeft = this.#length
      } else {
        const taken = Math.min(this.#bodyLeft, chunk.length - at)
        this.#bodyLeft -= taken
        at += taken
      }
      if (this.#bodyLeft === 0) {
        complete++
        this.#lengthBytes = 0
        this.#length = 0
      }
    }
    return complete
  }
}
