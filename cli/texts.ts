import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { visibleValues } from '../lib/visible'

export type Language = 'en-US' | 'zh-CN'

/** Looks a text up by its key, and puts values in the place of `__name__`, escaped for a terminal. */
export type Translate = (key: string, values?: Readonly<Record<string, string | number>>) => string

/** Below the folder that this program lies in, built or not. */
const PLACES = [
  (language: Language) => join('locales', `${language}.json`),
  // What an error means and what to do is said once, in the words of the nodes.
  (language: Language) =>
    join('..', 'nodes', 'sls-kafka-in', 'locales', language, 'sls-kafka-in.json'),
]

/** The doctor's own texts (`doctor.…`), and those of the nodes (`sls-kafka-in.…`). */
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
    const shown = visibleValues(values)
    return text.replace(/__(\w+?)__/g, (whole, name: string) => String(shown[name] ?? whole))
  }
}

/** `--lang`, else what the environment says, by the rules of POSIX. */
export function languageOf(
  wanted: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Language {
  const { LC_ALL, LC_MESSAGES, LANG } = environment
  const locale = wanted ?? [LC_ALL, LC_MESSAGES, LANG].find((value) => value) ?? ''
  return locale.startsWith('zh') ? 'zh-CN' : 'en-US'
}
