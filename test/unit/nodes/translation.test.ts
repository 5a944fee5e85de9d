import assert from 'node:assert/strict'
import { englishLeftOvers, halfWidthMarks, hasChinese, otherWords } from '../../support/chinese'
import { helpOf, textsOf, TRANSLATED_NODES } from '../../support/locales'

/** Texts that are names and the same in every language. */
const NAMES = ['AccessKey ID', 'AccessKey Secret', 'Bootstrap', 'TLS']
const STATUS_LENGTH = 20

const matches = (text: string, pattern: RegExp): string[] => text.match(pattern) ?? []
const placeholders = (text: string): string[] => [...new Set(matches(text, /__\w+?__/g))].sort()
const headings = (help: string): number => matches(help, /^#+ /gm).length
/** For each property line of a help, whether it is optional, and its type. */
const properties = (help: string): string[] =>
  [...help.matchAll(/^: (\*?)[^(]+(\([^)]+\)) :/gm)].map(([, star = '', type = '']) => star + type)
/** Names in code spans; a span with a space in it is a text or a command. */
const codeNames = (text: string): string[] => [...new Set(matches(text, /`[^`\s]+`/g))].sort()

describe('translation', () => {
  it('covers every node', () => {
    assert.deepEqual([...TRANSLATED_NODES].sort(), [
      'sls-kafka-ack',
      'sls-kafka-control',
      'sls-kafka-in',
      'sls-kafka-out',
      'sls-project',
    ])
  })

  for (const node of TRANSLATED_NODES) {
    describe(node, () => {
      const english = textsOf(node, 'en-US')
      const chinese = textsOf(node, 'zh-CN')

      it('has the same texts in both languages', () => {
        assert.deepEqual([...chinese.keys()].sort(), [...english.keys()].sort())
      })

      it('mentions the same values in both languages', () => {
        for (const [key, text] of english) {
          assert.deepEqual(placeholders(chinese.get(key) ?? ''), placeholders(text), key)
        }
      })

      it('has Chinese texts in Chinese', () => {
        for (const [key, text] of chinese) {
          assert.ok(hasChinese(text) || NAMES.includes(text), `${key}: ${text}`)
          assert.deepEqual(proseFaults(text), [], `${key}: ${text}`)
        }
      })

      it('has statuses that are short in both languages', () => {
        for (const texts of [english, chinese]) {
          for (const [key, text] of texts) {
            if (key.startsWith('status.')) assert.ok(text.length <= STATUS_LENGTH, text)
          }
        }
      })

      it('has help of the same shape in both languages', () => {
        const [original, translated] = [helpOf(node, 'en-US'), helpOf(node, 'zh-CN')]
        assert.equal(headings(translated), headings(original))
        assert.deepEqual(properties(translated), properties(original))
        assert.deepEqual(missing(codeNames(original), translated), [])
      })

      it('has Chinese help in Chinese, with properties that the editor recognises', () => {
        const lines = helpOf(node, 'zh-CN')
          .split('\n')
          .filter((line) => line.trim() !== '')
        for (const line of lines) {
          assert.ok(hasChinese(line), line)
          assert.deepEqual(proseFaults(line), [], line)
          if (/^\s*:/.test(line)) assert.match(line, /^: [^:]+ \([^:]+\) : [^:]+$/)
        }
      })

      it('has Chinese help that names every field of the dialog', () => {
        const help = helpOf(node, 'zh-CN')
        for (const [key, text] of chinese) {
          if (!key.startsWith('label.') || /\.(name|advanced)$/.test(key)) continue
          assert.ok(help.includes(text.replace(/（毫?秒）$/, '')), text)
        }
      })
    })
  }

  it('distinguishes English prose from names, values and code', () => {
    assert.deepEqual(englishLeftOvers('读取 Shard 2 的 the records'), [
      'the records',
      'the',
      'records',
    ])
    assert.deepEqual(englishLeftOvers('每个 shard 一条'), ['shard'])
    assert.deepEqual(
      englishLeftOvers(
        'AccessKey ID 取自 SLS_ACCESS_KEY_ID，见 `the code`（latest），__host__ 为 null',
      ),
      [],
    )
  })

  it('distinguishes the words and marks of Chinese texts from others', () => {
    assert.equal(otherWords('偏移量').length, 1)
    assert.deepEqual(halfWidthMarks('项目,地域'), ['目,'])
    assert.deepEqual(halfWidthMarks('项目，地域（`x`）'), [])
  })
})

function proseFaults(text: string): string[] {
  // The type of a property stands in half-width brackets, as the editor wants it.
  const prose = text.replace(/ \([^)]*\) : /, '')
  return [...englishLeftOvers(text), ...otherWords(text), ...halfWidthMarks(prose)]
}

function missing(names: readonly string[], text: string): string[] {
  return names.filter((name) => !text.includes(name))
}
