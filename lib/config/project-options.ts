import { projectAddress, parseBootstrap, type Address } from '../sls/endpoint'
import {
  ACCESS_KEY_ID_VARIABLE,
  ACCESS_KEY_SECRET_VARIABLE,
  chooseAccessKey,
  isQuoted,
  saslPassword,
  type AccessKey,
} from '../sls/credentials'
import type { Problem } from './problem'
import * as rule from './fields'

/** The settings of an `sls-project` node, as Node-RED passes them. */
export interface ProjectSettings {
  readonly project?: unknown
  readonly endpoint?: unknown
  readonly port?: unknown
  readonly bootstrap?: unknown
  readonly serverName?: unknown
  readonly accessKeyId?: unknown
  readonly accessKeySecret?: unknown
}

/** The TLS options of a core `tls-config` node, with the names of node:tls. */
export interface TlsOptions {
  readonly ca?: string | Buffer | (string | Buffer)[]
  readonly cert?: string | Buffer
  readonly key?: string | Buffer
  readonly passphrase?: string
  readonly servername?: string
  readonly ALPNProtocols?: string[]
  readonly rejectUnauthorized?: boolean
}

/** A complete, checked description of how to reach a project. */
export interface ProjectOptions {
  readonly project: string
  /** The project's own address, `<project>.<endpoint>:<port>`; null if only a bootstrap is set. */
  readonly address: Address | null
  /** The one address that every connection goes to, whatever the service advertises. */
  readonly bootstrap: Address | null
  readonly accessKey: AccessKey
  /** The login for SASL PLAIN. */
  readonly login: { readonly username: string; readonly password: string }
  readonly tls: TlsOptions
}

/** The address where a client starts: the bootstrap if there is one, else the project's own address. */
export function startAddress({ bootstrap, address }: ProjectOptions): Address {
  const start = bootstrap ?? address
  if (!start) throw new Error('a compiled project has an address')
  return start
}

/**
 * The name that the server's certificate must have, also behind a tunnel or a load balancer: the setting
 * `serverName`, the name of the `tls-config`, the host of the endpoint, or the bootstrap host.
 */
export function serverName({ tls, address }: ProjectOptions, dialled: string): string {
  return tls.servername ?? address?.host ?? dialled
}

/** The target of the first connection, for callers without a Kafka client. */
export function startTarget(options: ProjectOptions): { address: Address; tls: TlsOptions } {
  const address = startAddress(options)
  return { address, tls: { ...options.tls, servername: serverName(options, address.host) } }
}

/** The options, or the problems because of which there are none. */
export type Compiled<T> = { options: T } | { problems: readonly Problem[] }

/**
 * Compiles the settings of an `sls-project`.
 *
 * @param tls options of the chosen `tls-config`
 * @param environment the environment variables of the AccessKey
 */
export function compileProjectOptions(
  settings: ProjectSettings,
  tls: TlsOptions,
  environment: Readonly<Record<string, string | undefined>>,
): Compiled<ProjectOptions> {
  const { project, endpoint, port: portSetting, bootstrap, serverName: nameSetting } = settings
  const { accessKeyId, accessKeySecret } = settings
  const place = { project, endpoint, port: portSetting, bootstrap, serverName: nameSetting }
  const text = {
    project: rule.textOf(project),
    endpoint: rule.textOf(endpoint),
    port: rule.textOf(portSetting),
    bootstrap: rule.textOf(bootstrap),
    serverName: rule.textOf(nameSetting),
  }
  const problems = rule.problemsOf(
    { ...place, accessKeyId, accessKeySecret },
    {
      project: rule.projectName,
      endpoint: rule.endpointBeside(text.bootstrap),
      port: rule.port,
      bootstrap: rule.bootstrap,
      serverName: rule.serverName,
    },
  )

  const typed = { id: rule.textOf(accessKeyId), secret: rule.textOf(accessKeySecret) }
  const accessKey = chooseAccessKey(typed, environment)
  if (!accessKey) problems.push({ field: 'accessKey', reason: 'access-key' })
  else for (const problem of quoteProblems(accessKey, typed.id !== '')) problems.push(problem)
  // Without the check, an attacker on the way could read the AccessKey. A private CA can be set instead.
  if (tls.rejectUnauthorized === false) {
    problems.push({ field: 'tls', reason: 'certificate-check-off' })
  }
  if (problems.length > 0 || !accessKey) return { problems }

  const port = text.port === '' ? undefined : Number(text.port)
  return {
    options: {
      project: text.project,
      address: text.endpoint
        ? projectAddress({ endpoint: text.endpoint, project: text.project, port })
        : null,
      bootstrap: parseBootstrap(text.bootstrap),
      accessKey,
      login: { username: text.project, password: saslPassword(accessKey) },
      tls: text.serverName === '' ? tls : { ...tls, servername: text.serverName },
    },
  }
}

/** `docker run --env-file` keeps the quotes around a value, where a shell removes them. */
function quoteProblems({ id, secret }: AccessKey, isTyped: boolean): Problem[] {
  const values: readonly [field: string, value: string][] = [
    [isTyped ? 'accessKeyId' : ACCESS_KEY_ID_VARIABLE, id],
    [isTyped ? 'accessKeySecret' : ACCESS_KEY_SECRET_VARIABLE, secret],
  ]
  return values
    .filter(([, value]) => isQuoted(value))
    .map(([field]) => ({ field, reason: 'access-key-quotes' }))
}
