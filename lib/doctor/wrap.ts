/** Characters that take two columns of a terminal. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]/
/** Pieces that a line break can separate: after a space, and before or after a wide character. */
const PIECES = /[^\s\u2e80-\uff60]+\s*|[\u2e80-\uff60]\s*/g
/** Punctuation that must not begin a line. */
const CLOSING = /^[，。、；：）”！？]/

/** Breaks a text into lines of at most `width` columns. A longer word gets a line of its own. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  for (const piece of text.match(PIECES) ?? []) {
    const line = lines.at(-1)
    const fits = line !== undefined && columnsOf(line) + columnsOf(piece.trimEnd()) <= width
    if (line !== undefined && (fits || CLOSING.test(piece))) lines[lines.length - 1] = line + piece
    else lines.push(piece)
  }
  return lines.map((line) => line.trimEnd())
}

function columnsOf(text: string): number {
  return Array.from(text).reduce((sum, character) => sum + (WIDE.test(character) ? 2 : 1), 0)
}
