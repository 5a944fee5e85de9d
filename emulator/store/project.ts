import { Logstore, LogstoreError } from './logstore'
import type { ShardOptions } from './shard'

/** SLS's rule for logstore names; it leaves "." free for suffixes of topic names. */
const LOGSTORE_NAME = /^[a-z0-9][a-z0-9_-]{0,61}[a-z0-9]$/
const MAX_SHARDS = 256

/** All logstores of the one project that the endpoint serves. */
export class Project {
  private readonly byName = new Map<string, Logstore>()
  private readonly shardOptions: ShardOptions

  constructor(shardOptions: ShardOptions) {
    this.shardOptions = shardOptions
  }

  get logstores(): Logstore[] {
    return [...this.byName.values()]
  }

  logstore(name: string): Logstore | undefined {
    return this.byName.get(name)
  }

  /** `startIndex`: of the first log group, for a logstore that follows a deleted one. */
  createLogstore(
    name: string,
    shardCount: number,
    startIndex = this.shardOptions.startIndex,
  ): Logstore {
    if (!LOGSTORE_NAME.test(name)) {
      throw new LogstoreError(
        `"${name}" is no logstore name: 2 to 63 lower-case letters, digits, - and _, with a letter or digit at both ends`,
      )
    }
    if (this.byName.has(name)) throw new LogstoreError(`logstore ${name} exists already`)
    if (!Number.isInteger(shardCount) || shardCount < 1 || shardCount > MAX_SHARDS) {
      throw new LogstoreError(`a logstore has 1 to ${MAX_SHARDS} shards`)
    }
    const logstore = new Logstore(name, shardCount, { ...this.shardOptions, startIndex })
    this.byName.set(name, logstore)
    return logstore
  }

  /** Groups and what they have committed stay, as in SLS. */
  deleteLogstore(name: string): void {
    if (!this.byName.delete(name)) throw new LogstoreError(`there is no logstore ${name}`)
  }
}
