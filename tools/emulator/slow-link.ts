import { setTimeout as delay } from 'node:timers/promises'

/** Pieces are as long as the link takes for this time, so that bytes come steadily. */
const PIECE_MS = 50

/** A link of limited bandwidth in one direction, which all connections share. */
export class SlowLink {
  /** `undefined`: no limit. */
  readonly #bytesPerSecond: () => number | undefined
  /** When all that has been taken so far has passed, unix ms. */
  #freeAt = 0

  constructor(bytesPerSecond: () => number | undefined) {
    this.#bytesPerSecond = bytesPerSecond
  }

  get isLimited(): boolean {
    return this.#bytesPerSecond() !== undefined
  }

  /** The same bytes in pieces, each when the link has carried it. */
  async *carry(chunks: readonly Buffer[], closed: AbortSignal): AsyncGenerator<Buffer> {
    let rest = chunks.length === 1 ? (chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(chunks)
    while (rest.length > 0) {
      const rate = this.#bytesPerSecond()
      if (rate === undefined) {
        yield rest
        return
      }
      const piece = rest.subarray(0, Math.max(1, Math.floor((rate * PIECE_MS) / 1000)))
      rest = rest.subarray(piece.length)
      this.#freeAt = Math.max(this.#freeAt, Date.now()) + (piece.length / rate) * 1000
      await delay(this.#freeAt - Date.now(), undefined, { signal: closed })
      yield piece
    }
  }
}
