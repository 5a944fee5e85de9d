import { StringDecoder } from 'node:string_decoder'

/** Cuts a byte stream into lines without their ends (`\n` or `\r\n`). */
export class LineSplitter {
  readonly #decoder = new StringDecoder('utf8')
  #rest = ''

  push(chunk: Buffer): string[] {
    const lines = (this.#rest + this.#decoder.write(chunk)).split('\n')
    this.#rest = lines.pop() ?? ''
    return lines.map(withoutCarriageReturn)
  }

  /** The last line, if the stream did not end with a line end. */
  end(): string[] {
    const last = this.#rest + this.#decoder.end()
    this.#rest = ''
    return last === '' ? [] : [withoutCarriageReturn(last)]
  }
}

function withoutCarriageReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line
}
