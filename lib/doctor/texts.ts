import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Language } from '../language'
import { escapeValues } from '../text'
import type { Translate } from '../translate'

/** The catalogues, relative to the folder of this file, compiled or not. */
const PLACES = [
  (language: Language) => join('locales', `${language}.json`),
  // The error texts are shared with the nodes.
  (language: Language) =>
    join('..', '..', 'nodes', 'sls-kafka-in', 'locales', language, 'sls-kafka-in.json'),
]

/**
 * Reads the texts of a language: the doctor's own (`doctor.…`) and those of the nodes (`sls-kafka-in.…`). Values are
 * escaped for a terminal.
 */
export function textsIn(language: Language): Translate {
  const catalogue = Object.fromEntries(
    PLACES.flatMap((place) => {
      const text = readFileSync(join(__dirname, place(language)), 'utf8')
      return Object.entries(JSON.parse(text) as Record<string, unknown>)
    }),
  )
  return (key, values = {}) => {
    const found = key.split('.').reduce<unknown>((branch, name) => {
      return (branch as Record<string, unknown> | undefined)?.[name]
    }, catalogue)
    const text = Array.isArray(found) ? found.join('\n') : found
    if (typeof text !== 'string') throw new Error(`there is no text ${key} in ${language}`)
    const shown = escapeValues(values)
    return text.replace(/__(\w+?)__/g, (whole, name: string) => String(shown[name] ?? whole))
  }
}
