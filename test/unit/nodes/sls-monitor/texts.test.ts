import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  CONSUMER_CATEGORIES,
  WRITER_CATEGORIES,
} from '../../../../nodes/sls-monitor/editor/overview'
import { MONITOR_ACTIONS } from '../../../../nodes/sls-monitor/monitor-api'
import { englishLeftOvers, halfWidthMarks, hasChinese, otherWords } from '../../../support/chinese'
import type { Language } from '../../../support/locales'
import { repositoryRoot } from '../../../../tools/shared/repository'

const FOLDER = join(repositoryRoot(), 'nodes', 'sls-monitor')

type Catalogue = Readonly<Record<string, Readonly<Record<string, string>>>>

function textsIn(language: Language): Map<string, string> {
  const file = join(FOLDER, 'locales', language, 'sls-monitor.json')
  const { 'sls-monitor': catalogue } = JSON.parse(readFileSync(file, 'utf8')) as Record<
    string,
    Catalogue
  >
  return new Map(
    Object.entries(catalogue ?? {}).flatMap(([section, texts]) =>
      Object.entries(texts).map(([key, text]) => [`${section}.${key}`, text] as const),
    ),
  )
}

/** The keys that the sources name as they are, and the sections of those that they put together. */
function used(): { keys: string[]; sections: string[] } {
  const source = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(FOLDER, name), 'utf8'))
    .join('\n')
  const matches = (pattern: RegExp): string[] =>
    [...source.matchAll(pattern)].map(([, found = '']) => found)
  return { keys: matches(/\btext\('([\w.-]+)'/g), sections: matches(/\btext\(`(\w+)\.\$/g) }
}

describe('texts of the monitor', () => {
  const english = textsIn('en-US')
  const chinese = textsIn('zh-CN')

  it('exist and are used', () => {
    const { keys, sections } = used()
    assert.deepEqual(
      keys.filter((key) => !english.has(key)),
      [],
    )
    const isUsed = (key: string): boolean =>
      keys.includes(key) || sections.includes(key.split('.')[0] ?? '')
    assert.deepEqual(
      [...english.keys()].filter((key) => !isUsed(key)),
      [],
    )
    for (const action of MONITOR_ACTIONS) assert.ok(english.has(`action.${action}`))
    for (const category of [...CONSUMER_CATEGORIES, ...WRITER_CATEGORIES]) {
      assert.ok(english.has(`summary.${category}`), category)
    }
  })

  it('have the same keys in both languages', () => {
    assert.deepEqual([...chinese.keys()].sort(), [...english.keys()].sort())
    for (const [key, text] of english) {
      const values = (one: string): string[] => (one.match(/__\w+?__/g) ?? []).sort()
      assert.deepEqual(values(chinese.get(key) ?? ''), values(text), key)
    }
  })

  it('have Chinese texts in Chinese', () => {
    for (const [key, text] of chinese) {
      assert.ok(hasChinese(text) || text === 'Shard', `${key}: ${text}`)
      const faults = [...englishLeftOvers(text), ...otherWords(text), ...halfWidthMarks(text)]
      assert.deepEqual(faults, [], `${key}: ${text}`)
    }
  })
})
