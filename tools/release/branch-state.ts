const BRANCH = 'main'

/** Runs git in the repository. Returns what it prints, without blanks at the end. */
export type Git = (...args: string[]) => string

/** What git says before a release. */
export interface BranchState {
  /** Lines of `git status --porcelain`. */
  readonly changes: readonly string[]
  /** Empty with a detached HEAD. */
  readonly branch: string
  /** Commits that the upstream has and HEAD lacks; null without an upstream. */
  readonly behind: number | null
  readonly tags: readonly string[]
}

/** Fetches from the upstream first: its branch may have moved on. */
export function readBranchState(git: Git): BranchState {
  const branch = git('branch', '--show-current')
  const upstream = git('for-each-ref', '--format=%(upstream:short)', `refs/heads/${branch}`)
  const hasUpstream = branch !== '' && upstream !== ''
  if (hasUpstream) git('fetch', '--quiet', '--tags')
  return {
    changes: linesOf(git('status', '--porcelain')),
    branch,
    behind: hasUpstream ? Number(git('rev-list', '--count', `HEAD..${upstream}`)) : null,
    tags: linesOf(git('tag', '--list')),
  }
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '')
}

/** Throws with every reason against a release from this state. */
export function checkBranchState(state: BranchState, tag: string): void {
  const { changes, branch, behind, tags } = state
  const reasons = [
    ...(changes.length > 0 ? [`The tree has changes:\n${changes.join('\n')}`] : []),
    ...(branch === BRANCH ? [] : [`The branch is ${branch || 'none'}, not ${BRANCH}`]),
    ...(behind === null ? ['The branch has no upstream to compare with'] : []),
    ...(behind ? [`The upstream has ${behind} commits that this branch lacks`] : []),
    ...(tags.includes(tag) ? [`The tag ${tag} exists`] : []),
  ]
  if (reasons.length > 0) throw new Error(reasons.join('\n'))
}
