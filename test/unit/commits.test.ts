import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { repositoryRoot } from '../../tools/shared/repository'

/** The last commit before the rule; subjects up to it are as they are. */
const LAST_UNCHECKED = '093029da346db3df860d9286e00388cfe16faf9a'
const MAX_LENGTH = 72
/** First words that begin a subject but order nothing. */
const NO_VERBS = /^(A|An|The|This|That|These|It|No|Not|New|More|Some|Wip)$/
/** Endings of other forms of a verb, and the imperatives that have them: Process, Focus, Alias, Need, Embed, Bring. */
const OTHER_FORMS = /(?<!s|Focu|Alia)s$|(?<!e|Emb|Sh)ed$|(?<!^(?:Br|R|Str|P|Sw))ing$/

/** What is wrong with the subject of a commit, in the words of CONTRIBUTING.md. */
function problemsOf(subject: string): string[] {
  const first = /^[A-Z][a-z]+(?=,? |$)/.exec(subject)?.[0] ?? ''
  const isImperative = first !== '' && !NO_VERBS.test(first) && !OTHER_FORMS.test(first)
  return [
    ...(subject.length > MAX_LENGTH ? [`has more than ${MAX_LENGTH} characters`] : []),
    ...(isImperative ? [] : ['starts with no capital imperative verb']),
    ...(subject.endsWith('.') ? ['ends with a full stop'] : []),
    ...(/\bWIP\b|^(fixup|squash|amend)!/i.test(subject) ? ['is a draft'] : []),
  ]
}

/** Subjects since the rule, or why they cannot be read. */
function readSubjects(): { subjects: string[] } | { unread: string } {
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: repositoryRoot(), encoding: 'utf8', stdio: 'pipe' })
  try {
    git('merge-base', '--is-ancestor', LAST_UNCHECKED, 'HEAD')
    const log = git('log', '--no-merges', '--format=%s', `${LAST_UNCHECKED}..HEAD`)
    return { subjects: log.split('\n').filter((line) => line !== '') }
  } catch {
    const commit = LAST_UNCHECKED.slice(0, 7)
    return { unread: `no git, or no history back to ${commit}, as in a shallow clone` }
  }
}

describe('commit subjects', () => {
  const history = readSubjects()
  if ('unread' in history) {
    // A test without a function is shown as pending, with the reason.
    it(`follow the rules of CONTRIBUTING.md: not checked, ${history.unread}`)
  } else {
    it('follow the rules of CONTRIBUTING.md', () => {
      assert.deepEqual(
        history.subjects.flatMap((subject) =>
          problemsOf(subject).map((problem) => `"${subject}" ${problem}`),
        ),
        [],
      )
    })
  }

  for (const subject of [
    'Take logstore names of two characters',
    'Process, then commit',
    'Need Node.js 20',
    'Revert "Take logstore names of two characters"',
  ]) {
    it(`may be: ${subject}`, () => {
      assert.deepEqual(problemsOf(subject), [])
    })
  }

  for (const [subject, problem] of [
    [`Take ${'x'.repeat(68)}`, 'has more than 72 characters'],
    ['take logstore names', 'starts with no capital imperative verb'],
    ['Takes logstore names', 'starts with no capital imperative verb'],
    ['Added logstore names', 'starts with no capital imperative verb'],
    ['Adding logstore names', 'starts with no capital imperative verb'],
    ['The logstore names', 'starts with no capital imperative verb'],
    ['Fix: take logstore names', 'starts with no capital imperative verb'],
    ['Take logstore names.', 'ends with a full stop'],
    ['Take logstore names (WIP)', 'is a draft'],
  ] as const) {
    it(`cannot be "${subject.slice(0, 30)}", because it ${problem}`, () => {
      assert.deepEqual(problemsOf(subject), [problem])
    })
  }
})
