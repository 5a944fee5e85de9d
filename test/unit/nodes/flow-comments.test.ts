import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { englishLeftOvers, halfWidthMarks, hasChinese, otherWords } from '../../support/chinese'
import { repositoryRoot } from '../../../tools/shared/repository'

interface FlowNode {
  readonly type: string
  readonly name?: string
  readonly info?: string
}

const EXAMPLES = readdirSync(join(repositoryRoot(), 'examples')).filter((name) =>
  name.endsWith('.json'),
)
const FLOWS = ['tools/demo/flow.json', ...EXAMPLES.map((name) => join('examples', name))]
/** The editor breaks a name here. */
const NEW_LINE = ' \\n '

// A flow has one text for all languages, so each comment tells it twice: English first.
describe('comments of flows', () => {
  for (const flow of FLOWS) {
    describe(flow, () => {
      const nodes = JSON.parse(readFileSync(join(repositoryRoot(), flow), 'utf8')) as FlowNode[]
      const comments = nodes.filter(({ type }) => type === 'comment')

      it('have a name of two lines, English and Chinese', () => {
        assert.ok(comments.length > 0)
        for (const { name = '' } of comments) {
          const [english = '', chinese = '', ...more] = name.split(NEW_LINE)
          assert.ok(english !== '' && !hasChinese(english), name)
          assert.ok(hasChinese(chinese), name)
          assert.deepEqual([...halfWidthMarks(chinese), ...otherWords(chinese), ...more], [])
        }
      })

      it('explain in both languages', () => {
        const explained = nodes.filter(({ type }) => type === 'comment' || type === 'tab')
        for (const { info = '' } of explained) {
          if (info === '') continue
          const paragraphs = info.split(/\n+/)
          assert.ok(paragraphs.some(hasChinese), info)
          assert.ok(
            paragraphs.some((paragraph) => englishLeftOvers(paragraph).length > 1),
            info,
          )
        }
      })
    })
  }
})
