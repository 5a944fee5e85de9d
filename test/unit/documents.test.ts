import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { ERROR_CODES } from '../../lib/errors'
import { englishLeftOvers, halfWidthMarks, otherWords } from '../support/chinese'
import { repositoryRoot } from '../support/node-red/repository'

const TRANSLATED = ['README', 'docs/errors']
/** The link to the counterpart carries its language's name. */
const LANGUAGE_LINE = /^.*English.*简体中文.*$/m

const file = (name: string): string => join(repositoryRoot(), name)
const text = (name: string): string => readFileSync(file(name), 'utf8')
const matches = (markdown: string, pattern: RegExp): string[] => markdown.match(pattern) ?? []
const codeNames = (markdown: string): string[] => [
  ...new Set(matches(withoutBlocks(markdown), /`[^`\s]+`/g)),
]

describe('documents', () => {
  for (const name of TRANSLATED) {
    describe(name, () => {
      const english = text(`${name}.md`)
      const chinese = text(`${name}.zh-CN.md`)

      it('links to its counterpart in its first lines', () => {
        const top = (markdown: string): string => markdown.split('\n').slice(0, 4).join('\n')
        assert.ok(top(english).includes(`](${basename(name)}.zh-CN.md)`))
        assert.ok(top(chinese).includes(`](${basename(name)}.md)`))
      })

      it('has the same sections, tables, steps and code in both languages', () => {
        for (const part of [/^#+ /gm, /^\|/gm, /^\d\. /gm, /^```\w*$/gm]) {
          assert.deepEqual(matches(chinese, part), matches(english, part))
        }
        const json = /```json\n[\s\S]*?```/g
        assert.deepEqual(matches(chinese, json), matches(english, json))
      })

      it('names the same settings and properties in both languages', () => {
        const known = codeNames(english).filter((code) => !code.includes('errors.md'))
        assert.deepEqual(
          known.filter((code) => !chinese.includes(code)),
          [],
        )
      })

      it('has no English left in its Chinese version', () => {
        for (const line of withoutBlocks(chinese).replace(LANGUAGE_LINE, '').split('\n')) {
          assert.deepEqual(englishLeftOvers(line.replace(/^# node-red-.*/, '')), [], line)
          assert.deepEqual([...otherWords(line), ...halfWidthMarks(withoutLinks(line))], [], line)
        }
      })

      it('links only to files that exist', () => {
        for (const markdown of [english, chinese]) {
          for (const [, target = ''] of markdown.matchAll(/\]\(([^):#]+)\)/g)) {
            assert.ok(existsSync(file(join(name, '..', target))), target)
          }
        }
      })
    })
  }

  it('explain every error code in both languages', () => {
    for (const document of ['docs/errors.md', 'docs/errors.zh-CN.md']) {
      const explained = [...text(document).matchAll(/^\| `(SLS_\w+)`/gm)].map(([, code]) => code)
      assert.deepEqual(explained.sort(), [...ERROR_CODES].sort(), document)
    }
  })
})

function withoutBlocks(markdown: string): string {
  return markdown.replace(/```[\s\S]*?```/g, '')
}

function withoutLinks(line: string): string {
  return line.replace(/\]\([^)]*\)/g, '')
}
