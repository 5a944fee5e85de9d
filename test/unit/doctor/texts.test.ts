import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { textsIn } from '../../../lib/doctor/texts'
import { languageOf } from '../../../lib/language'
import { englishLeftOvers, halfWidthMarks, hasChinese, otherWords } from '../../support/chinese'
import { repositoryRoot } from '../../../tools/shared/repository'

/** What stands in a text as it is typed, or is put in. */
const NO_PROSE = /__\w+?__|sls-kafka-doctor|Shard|--[\w-]+|\b(en|zh)\b/g

function catalogue(language: string): Map<string, string> {
  const file = join(repositoryRoot(), 'lib', 'doctor', 'locales', `${language}.json`)
  return new Map(flatten(JSON.parse(readFileSync(file, 'utf8'))))
}

function flatten(branch: unknown, key = ''): [string, string][] {
  if (typeof branch === 'string') return [[key, branch]]
  return Object.entries(branch as object).flatMap(([name, below]) =>
    flatten(below, `${key}.${name}`),
  )
}

const placeholders = (text: string): string[] => (text.match(/__\w+?__/g) ?? []).sort()

describe('doctor/texts', () => {
  const english = catalogue('en-US')
  const chinese = catalogue('zh-CN')
  const sentences = [...chinese].filter(([key]) => !key.startsWith('.doctor.help'))

  it('are the same in both languages, with the same values', () => {
    const keysOf = (texts: typeof english): string[] =>
      [...texts.keys()].filter((key) => !key.startsWith('.doctor.help'))
    assert.deepEqual(keysOf(chinese), keysOf(english))
    for (const [key, text] of sentences) {
      assert.deepEqual(placeholders(text), placeholders(english.get(key) ?? ''), key)
    }
  })

  it('are Chinese in Chinese', () => {
    for (const [key, text] of sentences) {
      const prose = text.replace(NO_PROSE, '')
      assert.ok(hasChinese(text) || !/\p{Letter}/u.test(prose), `${key}: ${text}`)
      const faults = [...englishLeftOvers(prose), ...otherWords(text), ...halfWidthMarks(text)]
      assert.deepEqual(faults, [], `${key}: ${text}`)
    }
  })

  it('have the error texts of the nodes', () => {
    const values = { host: 'a.example' }
    assert.match(textsIn('en-US')('sls-kafka-in.errors.SLS_HOST_NOT_FOUND', values), /a\.example/)
    assert.match(textsIn('zh-CN')('sls-kafka-in.errors.SLS_HOST_NOT_FOUND', values), /域名 a\.ex/)
  })

  it('contain values unchanged, and throw for a missing text', () => {
    const translate = textsIn('en-US')
    const text = translate('doctor.refused', { error: '__error__ $& $1' })
    assert.equal(text, 'not allowed: __error__ $& $1')
    assert.throws(() => translate('doctor.no-such'), /doctor\.no-such/)
  })

  it('are chosen by the option, else by the environment', () => {
    assert.equal(languageOf('zh', { LANG: 'en_US.UTF-8' }), 'zh-CN')
    assert.equal(languageOf('en', { LANG: 'zh_CN.UTF-8' }), 'en-US')
    assert.equal(languageOf(undefined, { LANG: 'zh_CN.UTF-8' }), 'zh-CN')
    assert.equal(languageOf(undefined, { LC_ALL: '', LANG: 'zh_CN.UTF-8' }), 'zh-CN')
    assert.equal(languageOf(undefined, { LC_ALL: 'C', LANG: 'zh_CN.UTF-8' }), 'en-US')
    assert.equal(languageOf(undefined, {}), 'en-US')
  })
})
