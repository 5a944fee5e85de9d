import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ramPolicy } from '../../../lib/sls/ram-policy'
import { repositoryRoot } from '../../../tools/shared/repository'

const project = 'my-project'

describe('sls/ram-policy', () => {
  it('is the policy that the docs print', () => {
    const policy: unknown = JSON.parse(
      ramPolicy({ project, access: 'read', listsLogstores: false }),
    )
    for (const name of ['running.md', 'running.zh-CN.md']) {
      const text = readFileSync(join(repositoryRoot(), 'docs', name), 'utf8')
      const printed = /```json\n(\{\s*"Version"[^`]*)```/.exec(text)?.[1] ?? ''
      assert.deepEqual(JSON.parse(printed), policy, name)
    }
  })

  it('allows what reading and writing need, as Alibaba Cloud lists it', () => {
    const common = ['log:GetLogStore', 'log:ListShards']
    for (const [access, actions] of [
      ['read', [...common, 'log:GetCursorOrData']],
      ['write', [...common, 'log:PostLogStoreLogs']],
      ['both', [...common, 'log:GetCursorOrData', 'log:PostLogStoreLogs']],
    ] as const) {
      const policy = ramPolicy({ project, access, listsLogstores: false })
      const { Statement } = JSON.parse(policy) as { Statement: readonly object[] }
      assert.deepEqual(Statement, [
        { Effect: 'Allow', Action: 'log:GetProject', Resource: 'acs:log:*:*:project/my-project' },
        {
          Effect: 'Allow',
          Action: actions,
          Resource: 'acs:log:*:*:project/my-project/logstore/*',
        },
      ])
    }
  })

  it('lists logstores by one more statement', () => {
    const { Statement } = JSON.parse(
      ramPolicy({ project, access: 'read', listsLogstores: true }),
    ) as {
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
