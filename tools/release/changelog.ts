const UNRELEASED = '## [Unreleased]\n'

/** The lines under Unreleased, without blank lines around them. */
export function unreleasedChanges(changelog: string): string {
  const start = changelog.indexOf(UNRELEASED)
  if (start === -1) throw new Error('CHANGELOG.md has no section Unreleased')
  const [section = ''] = changelog.slice(start + UNRELEASED.length).split(/^## /m)
  if (!/^- \S/m.test(section)) throw new Error('CHANGELOG.md lists no change under Unreleased')
  return section.trim()
}

/** Moves the changes under Unreleased below a heading of the version. @param date as 2026-11-30 */
export function releaseChangelog(changelog: string, version: string, date: string): string {
  if (changelog.includes(`## [${version}]`)) {
    throw new Error(`CHANGELOG.md has a section ${version} already`)
  }
  unreleasedChanges(changelog) // Throws without a change to release.
  const heading = `## [${version}] - ${date}`
  return changelog.replace(UNRELEASED, () => `${UNRELEASED}\n${heading}\n`)
}
