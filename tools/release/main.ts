import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runCommand } from '../shared/command-line'
import { contentProblems, packInto, readManifest, type NpmPackage } from '../shared/npm-package'
import { repositoryRoot } from '../shared/repository'
import { checkBranchState, readBranchState } from './branch-state'
import { releaseChangelog, unreleasedChanges } from './changelog'
import { HELP, nextVersion, parseCommandLine, type ReleaseOptions } from './options'

const ROOT = repositoryRoot()
const CHANGELOG = join(ROOT, 'CHANGELOG.md')
const CHANGED_FILES = ['CHANGELOG.md', 'package.json', 'package-lock.json']

async function release({ wanted, isDryRun }: ReleaseOptions): Promise<number> {
  const version = nextVersion((await readManifest()).version, wanted)
  const tag = `v${version}`
  checkBranchState(readBranchState(git), tag)
  const before = readFileSync(CHANGELOG, 'utf8')
  const after = releaseChangelog(before, version, today())
  console.log(`${version}\n\n${unreleasedChanges(before)}\n`)
  if (isDryRun) {
    const folder = mkdtempSync(join(tmpdir(), 'release-'))
    try {
      await packChecked(folder)
    } finally {
      rmSync(folder, { recursive: true })
    }
    console.log(`Dry run: nothing is changed. A release would commit and tag ${tag}.`)
    return 0
  }
  const { filename } = await commitRelease(version, after)
  git('tag', '--annotate', tag, '--message', `Version ${version}`)
  console.log(`Committed, tagged ${tag} and packed. Nothing is published. Next:

  .ci/run
  git push origin main ${tag}
  npm publish ${filename}`)
  return 0
}

/** Changes the files, packs and commits. Takes the changes back if the package is not as it must be. */
async function commitRelease(version: string, changelog: string): Promise<NpmPackage> {
  try {
    writeFileSync(CHANGELOG, changelog)
    run('npm', ['version', version, '--no-git-tag-version'])
    const packed = await packChecked(ROOT)
    git('commit', '--quiet', '--message', `Release ${version}`, '--', ...CHANGED_FILES)
    return packed
  } catch (error) {
    git('checkout', '--', ...CHANGED_FILES)
    throw error
  }
}

async function packChecked(folder: string): Promise<NpmPackage> {
  const packed = await packInto(folder)
  const problems = contentProblems(
    await readManifest(),
    packed.files.map(({ path }) => path),
  )
  if (problems.length > 0) {
    rmSync(join(folder, packed.filename))
    throw new Error(problems.join('\n'))
  }
  console.log(`${packed.filename}: ${packed.files.length} files, each of them allowed\n`)
  return packed
}

function git(...args: string[]): string {
  return run('git', args)
}

function run(command: string, args: readonly string[]): string {
  return execFileSync(command, args, { cwd: ROOT, encoding: 'utf8' }).trimEnd()
}

/** The date of this place, as 2026-11-30. */
function today(): string {
  const now = new Date()
  const twoDigits = (number: number): string => String(number).padStart(2, '0')
  return `${now.getFullYear()}-${twoDigits(now.getMonth() + 1)}-${twoDigits(now.getDate())}`
}

void runCommand({ help: HELP, parse: parseCommandLine, run: release })
