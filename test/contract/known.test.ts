import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { KNOWN } from '../support/contract/known'

const FOLDER = join(__dirname, '..', '..', '..', 'test', 'contract')

/** Titles may be made of a part that varies; what stands before it in the source is enough. */
function isTitleIn(sources: readonly string[], title: string): boolean {
  const words = title.split(' ')
  const beginnings = words.map((_, index) => words.slice(0, index + 1).join(' '))
  return sources.some((source) =>
    beginnings.some((start) => source.includes(`'${title}'`) || source.includes(`\`${start} \${`)),
  )
}

describe('contract: the table of known failures', () => {
  it('names only tests that exist', () => {
    const sources = readdirSync(FOLDER)
      .filter((name) => name.endsWith('.test.ts'))
      .map((name) => readFileSync(join(FOLDER, name), 'utf8'))
    const titles = Object.values(KNOWN).flatMap((table) => Object.keys(table))
    assert.deepEqual(
      titles.filter((title) => !isTitleIn(sources, title)),
      [],
    )
  })
})
