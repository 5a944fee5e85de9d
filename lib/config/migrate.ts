import { isAbsent, textOf } from './fields'

type Settings = Readonly<Record<string, unknown>>

type Migration = (settings: Settings) => Settings

/** Migrations in order: index 0 converts version 1 to version 2. A released migration must not change. */
const MIGRATIONS: readonly Migration[] = [keepHundredInFlight]

/** The `version` that an `sls-kafka-in` of this release stores. */
export const SETTINGS_VERSION = MIGRATIONS.length + 1

/**
 * Converts settings of any earlier version to the current version with the same behaviour. The runtime and
 * the edit dialog share this function, so that a flow means the same before and after its nodes are opened.
 * Settings without a `version` count as version 1.
 *
 * @param settings as Node-RED has stored them
 */
export function migrate(settings: Settings): Settings {
  const version = Number(textOf(settings['version'])) || 1
  if (version >= SETTINGS_VERSION) return settings
  const migrated = MIGRATIONS.slice(version - 1).reduce(
    (older, migration) => migration(older),
    settings,
  )
  return { ...migrated, version: SETTINGS_VERSION }
}

/** Version 1 took an empty `maxInFlight` as 100, also with `emit: batch`. */
function keepHundredInFlight(settings: Settings): Settings {
  const { maxInFlight } = settings
  const isBlank = typeof maxInFlight === 'string' && maxInFlight.trim() === ''
  return isBlank || isAbsent(maxInFlight) ? { ...settings, maxInFlight: '100' } : settings
}
