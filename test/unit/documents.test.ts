import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { CONSUMER_DEFAULTS } from '../../lib/config/consumer-defaults'
import { WRITER_DEFAULTS } from '../../lib/config/writer-defaults'
import { FINDINGS, STEPS } from '../../lib/doctor/report'
import { ERROR_CODES } from '../../lib/errors'
import { englishLeftOvers, halfWidthMarks, otherWords } from '../support/chinese'
import { codeIn, commandsIn, figuresIn, tablesIn, withoutBlocks } from '../support/markdown'
import { repositoryRoot } from '../../tools/shared/repository'

const TRANSLATED = [
  'README',
  'docs/reference',
  'docs/control',
  'docs/running',
  'docs/architecture',
  'docs/errors',
  'docs/examples',
  'docs/guarantees',
  'docs/doctor',
  'docs/monitoring',
  'docs/performance',
  'docs/virtual-topics',
  'docs/unverified',
  'docs/glossary',
]
/** Pages for contributors, in English only. */
const ENGLISH_ONLY = ['CONTRIBUTING', 'CHANGELOG', 'SECURITY']
/** The code of a page that names a file or a folder, from the root; placeholders and options do not match. */
const PATH = /^\.?\w[\w.-]*\/[\w./-]*$/
/** Where the tests lie that a command runs. */
const SUITES: Readonly<Record<string, readonly string[]>> = {
  'npm test': ['test/unit', 'test/nodes'],
  'npm run test:integrity': ['test/integrity'],
  'npm run test:runtime': ['test/runtime', 'test/integration'],
  'npm run test:kafka': ['test/broker', 'test/integration'],
}
/** In the order of the tables of the reference. */
const NODE_TYPES = [
  'sls-project',
  'sls-kafka-in',
  'sls-kafka-out',
  'sls-kafka-ack',
  'sls-kafka-control',
] as const
/** Of a README: more than that is on the pages that it links to. */
const MOST_LINES = 135
/** Characters of a row; a wider table scrolls sideways. */
const WIDEST_TABLE = 120
/** The link to the counterpart carries its language's name. */
const LANGUAGE_LINE = /^.*English.*简体中文.*$/m

const file = (name: string): string => join(repositoryRoot(), name)
const text = (name: string): string => readFileSync(file(name), 'utf8')
const matches = (markdown: string, pattern: RegExp): string[] => markdown.match(pattern) ?? []
const codeNames = (markdown: string): string[] => [
  ...new Set(codeIn(markdown).filter((code) => !code.includes(' '))),
]
const missingIn = (known: readonly string[], wanted: readonly string[]): string[] =>
  wanted.filter((one) => !known.includes(one))

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

      it('says the same in each row of a table, as far as code and figures tell', () => {
        const [translated, original] = [tablesIn(chinese), tablesIn(english)]
        const shape = (tables: typeof original): number[][] =>
          tables.map((rows) => rows.map(({ length }) => length))
        assert.deepEqual(shape(translated), shape(original))
        original.forEach((rows, table) => {
          rows.forEach((row, index) => {
            const [from, to] = [row.join(' '), translated[table]?.[index]?.join(' ') ?? '']
            assert.deepEqual(missingIn(codeIn(to), codeIn(from)), [], to)
            assert.deepEqual(missingIn(figuresIn(to), figuresIn(from)), [], to)
          })
        })
      })

      it('names the same commands in both languages, and only scripts that exist', () => {
        assert.deepEqual(commandsIn(chinese).sort(), commandsIn(english).sort())
        assert.deepEqual(unknownScriptsIn(english), [])
      })

      it('names the same settings and properties in both languages', () => {
        const known = codeNames(english).filter((code) => !code.includes('errors.md'))
        assert.deepEqual(
          known.filter((code) => !chinese.includes(`\`${code}\``)),
          [],
        )
      })

      it('has no English left in its Chinese version', () => {
        for (const line of withoutBlocks(chinese).replace(LANGUAGE_LINE, '').split('\n')) {
          assert.deepEqual(englishLeftOvers(line.replace(/^# node-red-.*/, '')), [], line)
          // The glossary lists the other words.
          const others = name === 'docs/glossary' ? [] : otherWords(line)
          assert.deepEqual([...others, ...halfWidthMarks(withoutLinks(line))], [], line)
        }
      })

      it('links only to files that exist', () => {
        for (const markdown of [english, chinese]) {
          assert.deepEqual(brokenLinksIn(markdown, name), [])
        }
      })
    })
  }

  for (const name of ENGLISH_ONLY) {
    it(`names only scripts and links only to files that exist: ${name}`, () => {
      assert.deepEqual(unknownScriptsIn(text(`${name}.md`)), [])
      assert.deepEqual(brokenLinksIn(text(`${name}.md`), name), [])
    })
  }

  it('tell contributors only of files and folders that exist', () => {
    const paths = codeIn(text('CONTRIBUTING.md')).filter((code) => PATH.test(code))
    assert.ok(paths.length > 50)
    assert.deepEqual(
      paths.filter((path) => !existsSync(file(path))),
      [],
    )
  })

  it('explain each property of each node in both languages', () => {
    for (const document of ['docs/reference.md', 'docs/reference.zh-CN.md']) {
      const explained = tablesIn(text(document))
        .slice(0, NODE_TYPES.length)
        .map(([, ...rows]) => rows.flatMap(([, property = '']) => codeIn(property)).sort())
      assert.deepEqual(explained, NODE_TYPES.map(propertiesOf), document)
    }
  })

  it('name the defaults of reader and writer', () => {
    const defaults = { ...CONSUMER_DEFAULTS, ...WRITER_DEFAULTS }
    const [, reader = [], writer = []] = tablesIn(text('docs/reference.md'))
    const written = new Map([...reader, ...writer].map(([, name, value]) => [name, value]))
    for (const [name, value] of Object.entries(defaults)) {
      if (typeof value !== 'number' || value === 0 || value === Infinity) continue
      const shown = written.get(`\`${name}\``)?.replaceAll(',', '') ?? ''
      const units = [value, value / 1024, value / 1024 ** 2].map(String)
      assert.ok(units.includes(shown.split(' ')[0] ?? ''), `${name}: ${value}, not ${shown}`)
    }
  })

  it('name only files that exist in the page about the architecture', () => {
    for (const document of ['docs/architecture.md', 'docs/architecture.zh-CN.md']) {
      const paths = codeIn(text(document)).filter((code) => PATH.test(code))
      assert.ok(paths.length > 40, document)
      assert.deepEqual(
        paths.filter((path) => !existsSync(file(path))),
        [],
      )
    }
  })

  it('compare in the README with figures that the page about performance has', () => {
    const measured = text('docs/performance.md').split(/\s+/)
    for (const document of ['README.md', 'README.zh-CN.md']) {
      const ratios = [...text(document).matchAll(/([\d.]+) ×/g)].map(([, ratio = '']) => ratio)
      assert.ok(ratios.length > 5, document)
      assert.deepEqual(missingIn(measured, ratios), [], document)
    }
  })

  it('have a README that can be read in one go', () => {
    for (const document of ['README.md', 'README.zh-CN.md']) {
      const lines = text(document).split('\n')
      assert.ok(lines.length < MOST_LINES, `${document} has ${lines.length} lines`)
      for (const line of lines.filter((one) => one.startsWith('|'))) {
        assert.ok(line.length <= WIDEST_TABLE, line)
      }
    }
  })

  it('have a section of the changelog for the version of package.json', () => {
    const { version } = JSON.parse(text('package.json')) as { version: string }
    const versions = [...text('CHANGELOG.md').matchAll(/^## \[([^\]]+)\]/gm)].map(([, one]) => one)
    assert.deepEqual(versions.slice(0, 2), ['Unreleased', version])
  })

  for (const document of ['docs/guarantees.md', 'docs/guarantees.zh-CN.md']) {
    it(`show each promise by tests that exist: ${document}`, () => {
      // What is promised of reading, then of writing.
      const tables = tablesIn(text(document)).slice(0, 2)
      const promises = tables.flatMap(([, ...rows]) => rows)
      assert.ok(promises.length > 30)
      for (const promise of promises) {
        const shownBy = promise.at(-1) ?? ''
        assert.ok(commandsIn(shownBy).length > 0, `${promise[0]} is shown by nothing`)
        for (const { folders, name, title } of testsNamedIn(shownBy)) {
          const path = testFile(folders, name)
          assert.ok(path, `${name} is not in ${folders.join(', ')}`)
          const titles = titlesIn(text(path))
          assert.ok(title === null || titles.some((one) => one.includes(title)), String(title))
        }
      }
    })
  }

  it('name the line of the report that answers an open question, or say that none does', () => {
    const lines: readonly string[] = [...STEPS, ...FINDINGS]
    const [, ...questions] = tablesIn(text('docs/unverified.md'))[0] ?? []
    assert.ok(questions.length > 10)
    for (const [question = '', , answeredBy = ''] of questions) {
      const named = codeIn(answeredBy).filter((code) => !code.startsWith('SLS_'))
      assert.deepEqual(missingIn(lines, named), [], question)
      assert.ok(named.length > 0 || answeredBy.startsWith('none, '), question)
    }
  })

  it('explain every line of the report in both languages', () => {
    for (const document of ['docs/doctor.md', 'docs/doctor.zh-CN.md']) {
      const [, steps = [], findings = []] = tablesIn(text(document))
      const namesIn = (rows: typeof steps): string[] =>
        rows.slice(1).map(([name = '']) => name.replaceAll('`', ''))
      assert.deepEqual([namesIn(steps), namesIn(findings)], [[...STEPS], [...FINDINGS]], document)
    }
  })

  it('explain every error code in both languages', () => {
    for (const document of ['docs/errors.md', 'docs/errors.zh-CN.md']) {
      const explained = [...text(document).matchAll(/^\| `(SLS_\w+)`/gm)].map(([, code]) => code)
      assert.deepEqual(explained.sort(), [...ERROR_CODES].sort(), document)
    }
  })
})

/** What the editor saves of a node, beside its name and version. */
function propertiesOf(type: string): string[] {
  const source = text(join('nodes', type, 'editor', 'index.ts'))
  const names = ['defaults', 'credentials'].flatMap((part) => {
    const listed =
      new RegExp(`^ {2}${part}: \\{\\n([\\s\\S]*?)\\n {2}\\},`, 'm').exec(source)?.[1] ?? ''
    return [...listed.matchAll(/^ {4}(\w+):/gm)].map(([, name = '']) => name)
  })
  return names.filter((name) => !['name', 'version'].includes(name)).sort()
}

/** Scripts that a page names and package.json does not have. */
function unknownScriptsIn(markdown: string): string[] {
  const { scripts } = JSON.parse(text('package.json')) as { scripts: Record<string, string> }
  return commandsIn(markdown)
    .flatMap((command) => [...command.matchAll(/npm run ([\w:]+)/g)])
    .map(([, script = '']) => script)
    .filter((script) => !(script in scripts))
}

/** Targets of links within the repository that do not exist. @param page its path, without `.md` */
function brokenLinksIn(markdown: string, page: string): string[] {
  return [...markdown.matchAll(/\]\(([^):#]+)\)|\bsrc(?:set)?="([^"]+)"/g)]
    .map(([, link, picture = '']) => link ?? picture)
    .filter((target) => !existsSync(file(join(page, '..', target))))
}

/** A test that a document names behind the command that runs it. */
interface NamedTest {
  readonly folders: readonly string[]
  /** Of the file. */
  readonly name: string
  /** Part of the title of a test in it; null if all of it is meant. */
  readonly title: string | null
}

/** Behind a command stand names of files; what has blanks is a title in the file before it. */
function testsNamedIn(shownBy: string): NamedTest[] {
  const tests: NamedTest[] = []
  let folders: readonly string[] = []
  for (const code of codeIn(shownBy)) {
    if (code.startsWith('npm ')) folders = SUITES[code] ?? []
    else if (!code.includes(' ')) tests.push({ folders, name: code, title: null })
    else tests.push({ folders, name: tests.at(-1)?.name ?? '', title: code })
  }
  return tests
}

/** The test file of that name in these folders, or what a test file there consists of. */
function testFile(folders: readonly string[], name: string): string | undefined {
  return folders
    .flatMap((folder) =>
      readdirSync(file(folder), { recursive: true, encoding: 'utf8' }).map((path) =>
        join(folder, path),
      ),
    )
    .find((path) => [`${name}.test.ts`, `${name}.ts`].includes(basename(path)))
}

function withoutLinks(line: string): string {
  return line.replace(/\]\([^)]*\)/g, '')
}

function titlesIn(source: string): string[] {
  return [...source.matchAll(/\bit\(\s*(['"`])(.+?)\1/g)].map(([, , title = '']) => title)
}
