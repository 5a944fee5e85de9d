import type { SupportedApi } from './apis/api'
import { makeCertificate, type Certificate } from './certificate'
import { certificateIn } from './certificate-folder'
import { Connection } from './connection'
import { Counters } from './counters'
import { noFaults } from './faults'
import { GroupCoordinator, type CoordinatorOptions } from './groups/coordinator'
import { Listener } from './listener'
import { AccessControl, type AccessKey, type AuthFailure } from './sasl'
import { Project } from './store/project'
import type { ShardOptions } from './store/shard'

export interface EmulatorOptions {
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  /** Where clients are sent to; without it `localhost` and the port that is listened on. */
  readonly advertise: { readonly host: string; readonly port: number } | undefined
  /** Where the certificate is kept; without it a new one is made at each start. */
  readonly certificateFolder: string | undefined
  readonly projectName: string
  readonly accessKey: AccessKey
  readonly authFailure: AuthFailure
  /** What clients are offered, each within what is served. */
  readonly supportedApis: readonly SupportedApi[]
  readonly logstores: readonly { readonly name: string; readonly shards: number }[]
  readonly shards: ShardOptions
  readonly groups: CoordinatorOptions
  readonly log: (line: string) => void
}

/** The endpoint as a whole: what is stored, who consumes it, and the port where it is served. */
export class Emulator {
  readonly options: EmulatorOptions
  readonly certificate: Certificate
  readonly project: Project
  readonly groups: GroupCoordinator
  readonly access: AccessControl
  readonly counters = new Counters()
  readonly listener: Listener

  private constructor(options: EmulatorOptions, certificate: Certificate) {
    this.options = options
    this.certificate = certificate
    this.project = new Project(options.shards)
    for (const { name, shards } of options.logstores) this.project.createLogstore(name, shards)
    this.groups = new GroupCoordinator(options.groups)
    this.access = new AccessControl(options.projectName, options.accessKey, options.authFailure)
    this.listener = this.createListener()
  }

  /** Resolves once it listens. Rejects with the system's error, or if a logstore is impossible. */
  static async start(options: EmulatorOptions): Promise<Emulator> {
    const host = options.advertise?.host ?? 'localhost'
    const certificate = await (options.certificateFolder === undefined
      ? makeCertificate(host)
      : certificateIn(options.certificateFolder, host))
    const emulator = new Emulator(options, certificate)
    await emulator.listener.open()
    return emulator
  }

  async stop(): Promise<void> {
    await this.listener.close()
    this.groups.stop()
  }

  private createListener(): Listener {
    const { options, project, groups, access, counters, certificate } = this
    const { log, host, port } = options
    const services = {
      project,
      groups,
      supportedApis: options.supportedApis,
      advertised: () => options.advertise ?? { host: 'localhost', port: this.listener.port },
    }
    return new Listener({
      certificate,
      host,
      port,
      log,
      onConnection: (socket) => {
        counters.connections += 1
        void new Connection(socket, { services, access, counters, log, faults: noFaults }).run()
      },
    })
  }
}
