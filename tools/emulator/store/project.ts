import { Logstore, LogstoreError } from './logstore'
import type { ShardOptions } from './shard'
import type { View, ViewDefinition } from './view'

/** SLS's rule for logstore names; it leaves "." free for suffixes of topic names. */
const LOGSTORE_NAME = /^[a-z0-9][a-z0-9_-]{0,61}[a-z0-9]$/
const MAX_SHARDS = 256

/** Numbers as SLS writes them, without a zero before them. */
const VIEW_NAME = /^(.+)\.(0|[1-9]\d?)$/

/** What is read under one topic name. */
export interface Topic {
  readonly logstore: Logstore
  /** The filter that its logs are read through; undefined: all are read. */
  readonly view: View | undefined
}

/** All logstores of the one project that the endpoint serves. */
export class Project {
  readonly #byName = new Map<string, Logstore>()
  readonly #shardOptions: ShardOptions

  constructor(shardOptions: ShardOptions) {
    this.#shardOptions = shardOptions
  }

  get logstores(): Logstore[] {
    return [...this.#byName.values()]
  }

  logstore(name: string): Logstore | undefined {
    return this.#byName.get(name)
  }

  /** What a topic name stands for: a logstore, or a virtual topic `<logstore>.N`; undefined without one. */
  topic(name: string): Topic | undefined {
    const logstore = this.#byName.get(name)
    if (logstore) return { logstore, view: undefined }
    const [, base = '', id = ''] = VIEW_NAME.exec(name) ?? []
    const owner = this.#byName.get(base)
    const view = owner?.view(Number(id))
    return owner && view && { logstore: owner, view }
  }

  /** `startIndex`: of the first log group, for a logstore that follows a deleted one. */
  createLogstore(
    name: string,
    shardCount: number,
    startIndex = this.#shardOptions.startIndex,
  ): Logstore {
    if (!LOGSTORE_NAME.test(name)) {
      throw new LogstoreError(
        `"${name}" is no logstore name: 2 to 63 lower-case letters, digits, - and _, with a letter or digit at both ends`,
      )
    }
    if (this.#byName.has(name)) throw new LogstoreError(`logstore ${name} exists already`)
    if (!Number.isInteger(shardCount) || shardCount < 1 || shardCount > MAX_SHARDS) {
      throw new LogstoreError(`a logstore has 1 to ${MAX_SHARDS} shards`)
    }
    const logstore = new Logstore(name, shardCount, { ...this.#shardOptions, startIndex })
    this.#byName.set(name, logstore)
    return logstore
  }

  /** Adds a virtual topic to a logstore. Throws LogstoreError. */
  addView(name: string, definition: ViewDefinition): void {
    const logstore = this.#byName.get(name)
    if (!logstore) {
      throw new LogstoreError(`there is no logstore ${name} for its view ${name}.${definition.id}`)
    }
    logstore.addView(definition)
  }

  /** Groups and what they have committed stay, as in SLS. */
  deleteLogstore(name: string): void {
    if (!this.#byName.delete(name)) throw new LogstoreError(`there is no logstore ${name}`)
  }
}
