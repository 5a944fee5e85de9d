import type { Socket } from 'node:net'

const JOIN_GROUP = 11
const SYNC_GROUP = 14
const API_KEY_AT = 4

export interface SilenceLimits {
  /** Milliseconds without a byte while a request is pending. */
  readonly request: number
  /** The same while the group lets a joining member wait. */
  readonly groupWait: number
}

/**
 * Destroys a socket that owes an answer and has gone silent, as half-open connections do. Judged by
 * silence and never by the age of a request: on a slow link a large answer takes long, and a client
 * that kills it by age downloads the same bytes for ever.
 */
export function guardSilence(socket: Socket, limits: SilenceLimits): void {
  const frames = new FrameCounter()
  let owed = 0
  let inGroupWait = false

  const update = (): void => {
    socket.setTimeout(owed === 0 ? 0 : inGroupWait ? limits.groupWait : limits.request)
  }
  const write = socket.write.bind(socket) as unknown as (...args: unknown[]) => boolean
  socket.write = (data: Buffer, ...rest: unknown[]) => {
    owed++
    const apiKey = data.length > API_KEY_AT + 1 ? data.readInt16BE(API_KEY_AT) : -1
    inGroupWait ||= apiKey === JOIN_GROUP || apiKey === SYNC_GROUP
    update()
    return write(data, ...rest)
  }

  socket.on('data', (chunk: Buffer) => {
    const complete = frames.count(chunk)
    if (complete === 0) return
    owed = Math.max(0, owed - complete)
    if (owed === 0) inGroupWait = false
    update()
  })
  socket.on('timeout', () => {
    socket.destroy(new Error('the service stopped answering'))
  })
}

/** Counts answers in a byte stream: each begins with its length, a 32-bit big-endian integer. */
export class FrameCounter {
  #lengthBytes = 0
  #length = 0
  #bodyLeft = 0

  /** @returns how many answers this chunk completes */
  count(chunk: Buffer): number {
    let complete = 0
    let at = 0
    while (at < chunk.length) {
      if (this.#lengthBytes < 4) {
        this.#length = this.#length * 256 + (chunk[at++] ?? 0)
        if (++this.#lengthBytes < 4) continue
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
