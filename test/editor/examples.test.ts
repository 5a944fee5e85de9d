import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryRoot } from '../support/node-red/repository'
import type { FlowNode } from '../support/node-red'
import { EditorBench } from './support/editor-bench'

const FOLDER = join(repositoryRoot(), 'examples')
/** What the user has yet to fill in. */
const OPEN_FIELDS: Readonly<Record<string, readonly string[]>> = {
  'sls-project': ['project'],
  'sls-kafka-in': ['project', 'logstore', 'group'],
}

describe('every example', () => {
  const bench = EditorBench.forAll()

  for (const name of readdirSync(FOLDER).filter((file) => file.endsWith('.json'))) {
    it(`${name} is imported, and asks for no more than a name and a key`, async () => {
      const text = readFileSync(join(FOLDER, name), 'utf8')
      const editor = await bench.open()
      await editor.importFlow(text)
      assert.deepEqual(await editor.unknownTypes(), [])
      const count = (JSON.parse(text) as FlowNode[]).filter(({ type }) => type === 'sls-kafka-in')
      assert.equal((await editor.idsOf('sls-kafka-in')).length, count.length)
      for (const { type, errors } of await editor.invalidNodes()) {
        const complaints = errors.filter(
          (error) => !OPEN_FIELDS[type]?.some((field) => error.toLowerCase().includes(field)),
        )
        assert.deepEqual(complaints, [], `${type}: what is wrong`)
      }
      await editor.screenshot(`example ${name.replace('.json', '')}`)
    })
  }
})
