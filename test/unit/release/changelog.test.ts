import assert from 'node:assert/strict'
import { releaseChangelog, unreleasedChanges } from '../../../tools/release/changelog'

const CHANGELOG = `# Changelog

## [Unreleased]

### Added

- A release costs $& nothing.

### Fixed

- A bug.

## [0.1.0] - 2026-11-26

- The first version.
`

describe('changelog of a release', () => {
  it('has the changes under the new version, and an empty section Unreleased above', () => {
    assert.equal(
      releaseChangelog(CHANGELOG, '0.2.0', '2026-11-30'),
      CHANGELOG.replace('## [Unreleased]\n', '## [Unreleased]\n\n## [0.2.0] - 2026-11-30\n'),
    )
  })

  it('shows the changes alone', () => {
    assert.equal(
      unreleasedChanges(CHANGELOG),
      '### Added\n\n- A release costs $& nothing.\n\n### Fixed\n\n- A bug.',
    )
  })

  it('refuses the second release of the same changes', () => {
    const released = releaseChangelog(CHANGELOG, '0.2.0', '2026-11-30')
    assert.throws(() => releaseChangelog(released, '0.3.0', '2026-12-01'), /no change/)
  })

  it('refuses a version that has a section', () => {
    assert.throws(() => releaseChangelog(CHANGELOG, '0.1.0', '2026-11-30'), /section 0\.1\.0/)
  })

  for (const [what, changelog, reason] of [
    [
      'without a section Unreleased',
      '# Changelog\n\n## [0.1.0] - 2026-11-26\n\n- A change.\n',
      /no section/,
    ],
    [
      'with only headings under Unreleased',
      '## [Unreleased]\n\n### Added\n\n## [0.1.0]\n\n- A\n',
      /no change/,
    ],
    ['that ends with an empty Unreleased', '# Changelog\n\n## [Unreleased]\n', /no change/],
  ] as const) {
    it(`refuses a changelog ${what}`, () => {
      assert.throws(() => releaseChangelog(changelog, '0.2.0', '2026-11-30'), reason)
    })
  }
})
