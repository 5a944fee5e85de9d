import { SlsKafkaError, causesOf, marksOf, reasonOf, type ErrorParams } from './errors'
import { startAddress, type ProjectOptions } from './config/project-options'
import { maskAccessKeyId } from './sls/credentials'
import { hostText } from './sls/endpoint'
import { meaningOf } from './sls/error-meanings'
import { OtherNameError } from './tls'

/** The user's own names, which an error text mentions. */
export interface NamedOptions {
  readonly project: ProjectOptions
  readonly logstore: string
  /** A writer has no group. */
  readonly group?: string
}

/** Translates an error of the client or the network into the terms of SLS, with the user's own names. */
export function describeFailure(error: unknown, options: NamedOptions): SlsKafkaError {
  const chain = causesOf(error)
  const known = chain.find((cause) => cause instanceof SlsKafkaError)
  if (known) return known
  const code = meaningOf(marksOf(error))
  const params = { ...namesOf(options), detail: detailOf(chain.at(-1)) }
  return new SlsKafkaError(code, { ...params, ...otherNameOf(error) }, error)
}

/** The names that the error text mentions if a certificate was issued for another name; else empty. */
export function otherNameOf(error: unknown): { issuedFor?: string; expected?: string } {
  const found = causesOf(error).find((cause) => cause instanceof OtherNameError)
  return found ? { issuedFor: found.issuedFor, expected: found.expected } : {}
}

/** Puts Kafka's name of an error response first, because users look up the error by that name. */
function detailOf(cause: unknown): string {
  const { type } = Object(cause) as { type?: unknown }
  return typeof type === 'string' ? `${type}: ${reasonOf(cause)}` : reasonOf(cause)
}

function namesOf(options: NamedOptions): ErrorParams {
  const { project, logstore, group } = options
  const { host, port } = startAddress(project)
  return {
    project: project.project,
    logstore,
    ...(group === undefined ? {} : { group }),
    host: hostText(host),
    port,
    accessKeyId: maskAccessKeyId(project.accessKey.id),
  }
}
