import { parseFlags, UsageError } from '../shared/command-line'

export interface ReleaseOptions {
  /** What the version becomes: a part that rises, or a version. */
  readonly wanted: string
  readonly isDryRun: boolean
}

export const HELP = `Makes a release of what is on main: changelog, version, package, commit and tag. Publishes nothing.

  npm run release -- patch|minor|major|x.y.z
  npm run release -- minor --dry-run            checks and packs, and changes nothing

Refuses a tree with changes, a branch other than main or behind its upstream, a tag that exists,
an empty section Unreleased in CHANGELOG.md, and a package with a file too many or too few.
`

const PARTS = ['major', 'minor', 'patch']
const VERSION = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/

/** Returns null if only help is wanted. Throws UsageError. */
export function parseCommandLine(args: readonly string[]): ReleaseOptions | null {
  const isFlag = (arg: string): boolean => arg.startsWith('-')
  const flags = parseFlags(args.filter(isFlag), {
    'dry-run': { type: 'boolean', default: false },
  })
  if (flags.help) return null
  const [wanted, ...others] = args.filter((arg) => !isFlag(arg))
  if (wanted === undefined || others.length > 0) {
    throw new UsageError('a release takes one version: patch, minor, major or x.y.z')
  }
  return { wanted, isDryRun: flags['dry-run'] }
}

/** The version of the release. Throws UsageError for one that is not above the current version. */
export function nextVersion(current: string, wanted: string): string {
  const from = numbersOf(current)
  const raised = PARTS.indexOf(wanted)
  if (raised >= 0) {
    return from
      .map((number, part) => (part < raised ? number : part === raised ? number + 1 : 0))
      .join('.')
  }
  const to = numbersOf(wanted)
  const changed = to.findIndex((number, part) => number !== from[part])
  if (changed === -1 || (to[changed] ?? 0) < (from[changed] ?? 0)) {
    throw new UsageError(`${wanted} is not above the current version ${current}`)
  }
  return wanted
}

function numbersOf(version: string): number[] {
  const numbers = VERSION.exec(version)?.slice(1).map(Number)
  if (!numbers)
    throw new UsageError(`"${version}" is neither patch, minor, major nor a version x.y.z`)
  return numbers
}
