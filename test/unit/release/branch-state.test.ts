import assert from 'node:assert/strict'
import {
  checkBranchState,
  readBranchState,
  type BranchState,
} from '../../../tools/release/branch-state'

const CLEAN: BranchState = { changes: [], branch: 'main', behind: 0, tags: ['v0.1.0'] }

describe('branch of a release', () => {
  it('may be a clean main that has all commits of its upstream', () => {
    checkBranchState(CLEAN, 'v0.2.0')
  })

  for (const [what, state, reason] of [
    ['a tree with changes', { changes: [' M README.md', '?? new.ts'] }, / M README\.md\n\?\? new/],
    ['another branch', { branch: 'topic' }, /branch is topic, not main/],
    ['a detached HEAD', { branch: '' }, /branch is none, not main/],
    ['a branch behind its upstream', { behind: 2 }, /upstream has 2 commits/],
    ['a branch without an upstream', { behind: null }, /no upstream/],
    ['a tag that exists', { tags: ['v0.1.0', 'v0.2.0'] }, /tag v0\.2\.0 exists/],
  ] as const) {
    it(`cannot have ${what}`, () => {
      assert.throws(
        () => {
          checkBranchState({ ...CLEAN, ...state }, 'v0.2.0')
        },
        {
          message: reason,
        },
      )
    })
  }

  it('is refused with all reasons at once', () => {
    const state = { ...CLEAN, branch: 'topic', behind: 1 }
    assert.throws(
      () => {
        checkBranchState(state, 'v0.1.0')
      },
      {
        message: /topic[^]*upstream has 1[^]*v0\.1\.0 exists/,
      },
    )
  })

  it('is compared with an upstream that was fetched before', () => {
    const asked: string[] = []
    const answers: Readonly<Record<string, string>> = {
      branch: 'main',
      'for-each-ref': 'origin/main',
      status: ' M README.md\n?? new.ts',
      'rev-list': '3',
      tag: 'v0.1.0\nv0.2.0',
    }
    const state = readBranchState((...args) => {
      asked.push(args.join(' '))
      return answers[args[0] ?? ''] ?? ''
    })
    assert.deepEqual(state, {
      changes: [' M README.md', '?? new.ts'],
      branch: 'main',
      behind: 3,
      tags: ['v0.1.0', 'v0.2.0'],
    })
    const indexOf = (start: string): number => asked.findIndex((line) => line.startsWith(start))
    assert.ok(indexOf('fetch') >= 0 && indexOf('fetch') < indexOf('rev-list'))
  })
})
