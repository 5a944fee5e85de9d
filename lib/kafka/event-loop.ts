import { setImmediate } from 'node:timers/promises'

/** Lets the event loop do what else is due: sockets, timers, the rest of Node-RED. */
export async function nextTurn(): Promise<void> {
  await setImmediate()
}

/** Units of work between two turns of the event loop. A record is one unit, and takes about a microsecond. */
const WORK_PER_TURN = 2_000

/** Counts work that runs on the event loop, so that long work gives way at short intervals. */
export class EventLoopShare {
  #work = 0

  /** @returns whether the caller must await `nextTurn` before it goes on */
  isUsedUp(work: number): boolean {
    this.#work += work
    if (this.#work < WORK_PER_TURN) return false
    this.#work = 0
    return true
  }
}
