import type { WriteStream } from 'node:tty'
import type { FindingId, StepId } from './report'
import type { Translate } from '../translate'

/** The control sequence that clears the line. */
const CLEAR = '\r\x1b[K'

/** Shows the current check in one line of a terminal. Writes nothing to a file or a pipe. */
export class Progress {
  readonly #stream: Pick<WriteStream, 'isTTY' | 'write'>
  readonly #translate: Translate

  constructor(stream: Pick<WriteStream, 'isTTY' | 'write'>, translate: Translate) {
    this.#stream = stream
    this.#translate = translate
  }

  show(id: StepId | FindingId): void {
    this.#write(`${CLEAR}${this.#translate('doctor.progress', { id })}`)
  }

  clear(): void {
    this.#write(CLEAR)
  }

  #write(text: string): void {
    if (this.#stream.isTTY) this.#stream.write(text)
  }
}
