/**
 * What a text from outside can do to a terminal, a log file or a dialog that shows it: begin a line, steer
 * the terminal (C0 and C1), or turn the order of letters (bidirectional marks, Unicode annex #9).
 */
const INVISIBLE = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** The text with such characters in the notation of JSON. Contents of messages stay as they are. */
export function visible(text: string): string {
  return text.replace(INVISIBLE, (character) => SHORT[character] ?? codeOf(character))
}

/** Values that are put into a text. Text that is escaped already is not escaped again. */
export function visibleValues(
  values: Readonly<Record<string, string | number>>,
): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      return [name, typeof value === 'string' ? visible(value) : value]
    }),
  )
}

function codeOf(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
