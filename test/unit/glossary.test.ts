import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { tablesIn } from '../support/markdown'
import { repositoryRoot } from '../../tools/shared/repository'

/** What is written by hand; the changelog keeps the words of its time. */
const FOLDERS = ['.ci', '.github', 'docs', 'examples', 'lib', 'nodes', 'test', 'tools']
const FILES = ['CONTRIBUTING.md', 'README.md', 'README.zh-CN.md', 'SECURITY.md', 'package.json']
const TEXT = /\.(ts|mjs|json|jsonc|md|html|yml|py)$|\/run$/
/** The list of the words, and what tests it. */
const QUOTING = /^docs\/glossary(\.zh-CN)?\.md$|^test\/unit\/glossary\.test\.ts$/

/** A key of the catalogue that reaches Status nodes as `status.text`: saved flows compare it. */
const PUBLIC_KEY = 'record-given-up'

/** Words with the mark ✗ in a glossary. */
function markedWords(page: string): string[] {
  return tablesIn(readFileSync(join(repositoryRoot(), 'docs', page), 'utf8'))
    .flat(2)
    .flatMap((cell) => [...cell.matchAll(/`([^`]+)` ✗/g)].map(([, word = '']) => word))
}

/** Matches a word in prose, in a name in camel case, and with a hyphen in place of a blank. */
function patternOf(word: string): RegExp {
  const letters = word.replace(/[ -]/g, word.includes(' ') ? '[ -]' : '-')
  const lower = `[${letters[0]?.toUpperCase() ?? ''}${letters[0] ?? ''}]${letters.slice(1)}s?`
  return new RegExp(`(?<![A-Za-z])(?:${lower}|${letters.toUpperCase()}S?)(?![a-z])`)
}

function writtenFiles(): string[] {
  const below = FOLDERS.flatMap((folder) =>
    readdirSync(join(repositoryRoot(), folder), { recursive: true, encoding: 'utf8' }).map((name) =>
      join(folder, name),
    ),
  )
  return [...FILES, ...below].filter((path) => TEXT.test(path) && !QUOTING.test(path))
}

/** Lines that have one of the words, and paths that do. */
function placesOf(words: readonly string[]): string[] {
  const patterns = words.map(patternOf)
  const isWrong = (text: string): boolean =>
    patterns.some((pattern) => pattern.test(text.replaceAll(PUBLIC_KEY, '')))
  return writtenFiles().flatMap((path) => [
    ...(isWrong(path) ? [path] : []),
    ...readFileSync(join(repositoryRoot(), path), 'utf8')
      .split('\n')
      .flatMap((line, index) =>
        isWrong(line) ? [`${path}:${index + 1}: ${line.trim().slice(0, 200)}`] : [],
      ),
  ])
}

describe('the glossary', () => {
  const words = markedWords('glossary.md')

  it('marks the same words in both languages', () => {
    assert.ok(words.length > 10)
    assert.deepEqual(markedWords('glossary.zh-CN.md'), words)
  })

  for (const [text, word] of [
    ['the ghost of a member', 'ghost'],
    ['two ghosts', 'ghost'],
    ['ghostMember', 'ghost'],
    ['a time-out of 5 s', 'time-out'],
    ['test/integrity/given-up.test.ts', 'given up'],
  ] as const) {
    it(`finds a word in "${text}"`, () => {
      assert.match(text, patternOf(word))
    })
  }

  it('takes no other word for a marked one', () => {
    assert.doesNotMatch('ghostly, manew, timeout', patternOf('ghost'))
    assert.doesNotMatch('manew', patternOf('anew'))
    assert.doesNotMatch('timeout', patternOf('time-out'))
  })

  it('has no marked word written anywhere else', () => {
    assert.deepEqual(placesOf(words), [])
  })
})
