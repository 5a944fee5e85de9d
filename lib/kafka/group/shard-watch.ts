import { isAborted, Wakeup } from '../../async'
import { METADATA_MAX_AGE_MS } from '../constants'
import { endsMembership } from '../cluster/error-actions'
import type { GroupMemberParts } from './group-member-types'

/**
 * Keeps the list of shards fresh, and ends the generation when the group must assign new ones.
 *
 * @param hasNewShards whether this member leads the group, and a logstore that the group reads has a shard
 * that the last assignment did not know
 * @throws what another attempt would not change
 */
export async function watchShards(
  generation: AbortController,
  { clock, logger, directory }: Pick<GroupMemberParts, 'clock' | 'logger' | 'directory'>,
  hasNewShards: () => Promise<boolean>,
): Promise<void> {
  const { signal } = generation
  const wakeup = new Wakeup(clock)
  const wake = (): void => {
    wakeup.wake()
  }
  directory.onNewShards = wake
  signal.addEventListener('abort', wake)
  while (!isAborted(signal)) {
    await wakeup.wait(METADATA_MAX_AGE_MS)
    if (isAborted(signal)) return
    try {
      await directory.ensureFresh()
      if (await hasNewShards()) generation.abort()
    } catch (error) {
      if (endsMembership(error)) throw error
      logger.debug(`could not look for new shards: ${String(error)}`)
    }
  }
}
