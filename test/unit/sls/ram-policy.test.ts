import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ramPolicy } from '../../../lib/sls/ram-policy'
import { repositoryRoot } from '../../support/node-red/repository'

const project = 'my-project'

describe('sls/ram-policy', () => {
  it('is the policy that the README prints', () => {
    const policy: unknown = JSON.parse(ramPolicy({ project, listsLogstores: false }))
    for (const name of ['README.md', 'README.zh-CN.md']) {
      const text = readFileSync(join(repositoryRoot(), name), 'utf8')
      const printed = /```json\n(\{\s*"Version"[^`]*)```/.exec(text)?.[1] ?? ''
      assert.deepEqual(JSON.parse(printed), policy, name)
    }
  })

  it('lists logstores by one more statement', () => {
    const { Statement } = JSON.parse(ramPolicy({ project, listsLogstores: true })) as {
      Statement: readonly object[]
    }
    assert.deepEqual(Statement.at(-1), {
      Effect: 'Allow',
      Action: 'log:ListLogStores',
      Resource: 'acs:log:*:*:project/my-project/logstore/*',
    })
    assert.equal(Statement.length, 3)
  })
})
