import { limitVersions } from './apis'
import type { Services, SupportedApi } from './apis/api'
import { makeCertificate, type Certificate } from './certificate'
import { certificateIn } from './certificate-folder'
import { Connection } from './connection'
import { Counters } from './counters'
import type { Fault } from './faults/fault'
import { Faults } from './faults/faults'
import { GroupCoordinator, type CoordinatorOptions } from './groups/coordinator'
import { Listener } from './listener'
import { SlowLink } from './slow-link'
import { AccessControl, type AccessKey, type AuthFailure } from './sasl'
import { Project } from './store/project'
import type { ShardOptions } from './store/shard'
import type { FilteredAnswer, ViewDefinition } from './store/view'
import { Traffic } from './traffic'
import { Switches, type SwitchValues } from './switches'

export interface EmulatorOptions extends SwitchValues {
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  /** Where the certificate is kept; without it a new one is made at each start. */
  readonly certificateFolder: string | undefined
  readonly projectName: string
  readonly accessKey: AccessKey
  readonly authFailure: AuthFailure
  /** What clients are offered, each within what is served. */
  readonly supportedApis: readonly SupportedApi[]
  readonly logstores: readonly { readonly name: string; readonly shards: number }[]
  /** Virtual topics, each of one of the logstores. */
  readonly views: readonly { readonly logstore: string; readonly definition: ViewDefinition }[]
  /** How views that are added later serve a log group of which no log passes, unless they say it. */
  readonly filtered: FilteredAnswer
  readonly shards: ShardOptions
  readonly groups: CoordinatorOptions
  readonly faults: readonly Fault[]
  readonly log: (line: string) => void
}

/** The emulator as a whole: the project with its logstores, the consumer groups, and the listener. */
export class Emulator {
  readonly options: EmulatorOptions
  readonly certificate: Certificate
  readonly project: Project
  readonly groups: GroupCoordinator
  readonly access: AccessControl
  readonly counters = new Counters()
  readonly traffic = new Traffic()
  readonly faults: Faults
  readonly switches: Switches
  readonly listener: Listener
  readonly #connections = new Set<Connection>()

  private constructor(options: EmulatorOptions, certificate: Certificate) {
    this.options = options
    this.certificate = certificate
    this.project = new Project(options.shards)
    for (const { name, shards } of options.logstores) this.project.createLogstore(name, shards)
    for (const { logstore, definition } of options.views) this.project.addView(logstore, definition)
    this.groups = new GroupCoordinator(options.groups)
    this.access = new AccessControl(options.projectName, options.accessKey, options.authFailure)
    this.faults = new Faults(options.faults)
    this.switches = new Switches(options)
    this.listener = this.#createListener()
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

  /** Makes all open connections half-open; returns how many. */
  freezeConnections(): number {
    for (const connection of this.#connections) connection.freeze()
    return this.#connections.size
  }

  /** Ends all faults, drops the half-open connections, sets the switches as the command line did. */
  clearFaults(): void {
    this.faults.clear()
    this.switches.reset()
    for (const connection of this.#connections) if (connection.isHalfOpen) connection.close()
    this.listener.killOffended()
  }

  #createListener(): Listener {
    const { options, access, counters, traffic, certificate, faults } = this
    const { log, host, port } = options
    const services = this.#services()
    const link = new SlowLink(() => this.switches.current.bytesPerSecond)
    const inboundLink = new SlowLink(() => this.switches.current.inboundBytesPerSecond)
    return new Listener({
      certificate,
      host,
      port,
      log,
      reception: () => this.switches.current.reception,
      onAccepted: () => traffic.noteConnection(),
      onConnection: (socket, record) => {
        counters.connections += 1
        const connection = new Connection(socket, {
          services,
          access,
          counters,
          traffic,
          record,
          log,
          faults,
          link,
          inboundLink,
        })
        this.#connections.add(connection)
        void connection.run().finally(() => this.#connections.delete(connection))
      },
    })
  }

  #services(): Services {
    const { project, groups, switches, options } = this
    return {
      project,
      groups,
      switches,
      supportedApis: () => limitVersions(options.supportedApis, switches.current.maxVersions),
      advertised: () =>
        switches.current.advertise ?? { host: 'localhost', port: this.listener.port },
    }
  }
}
