import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmulator, type RunningEmulator } from '../../emulator/process'
import type { Resources } from '../../shared/resources'
import type { Subscription } from '../clients/subscription'
import { log, type LogShape } from './logs'

/** Records in one record batch: one batch per record would measure the overhead of the client. */
const GROUP_SIZE = 100
const CHUNK = 20_000
const MAX_GROUPS = 100_000
const RETENTION_MIB = 1024

/** The emulator, in its own process, with logstores that are encoded before they are read. */
export class Endpoint {
  readonly service: RunningEmulator
  readonly #caFile: string
  readonly #filled = new Set<string>()
  #groups = 0

  private constructor(service: RunningEmulator, caFile: string) {
    this.service = service
    this.#caFile = caFile
  }

  static async start(resources: Resources, flags: readonly string[] = []): Promise<Endpoint> {
    const folder = await mkdtemp(join(tmpdir(), 'bench-'))
    resources.onEnd(() => rm(folder, { recursive: true }))
    const limits = ['--max-groups', String(MAX_GROUPS), '--retention-mib', String(RETENTION_MIB)]
    const service = await resources.started(startEmulator({ flags: [...limits, ...flags] }))
    const caFile = join(folder, 'ca.pem')
    await writeFile(caFile, service.ca)
    return new Endpoint(service, caFile)
  }

  /** @returns the name of a logstore with this number of records, which the first call creates */
  async logstore(shape: LogShape, records: number, shards: number): Promise<string> {
    const name = `${shape.form}-${shape.bytes}-${records}-${shards}`
    if (this.#filled.has(name)) return name
    this.#filled.add(name)
    await this.service.createLogstore(name, shards)
    for (let from = 0; from < records; from += CHUNK) {
      const count = Math.min(CHUNK, records - from)
      const logs = Array.from({ length: count }, (_, index) => log(from + index, shape))
      await this.service.append(name, logs, { groupSize: GROUP_SIZE })
    }
    return name
  }

  /** The name of a new group, which begins at the start of the logstore. */
  group(): string {
    return `group-${++this.#groups}`
  }

  subscription(logstore: string, port = this.service.port): Subscription {
    const { project, accessKeyId, accessKeySecret } = this.service
    return {
      port,
      caFile: this.#caFile,
      user: project,
      password: `${accessKeyId}#${accessKeySecret}`,
      logstore,
      group: this.group(),
    }
  }
}
