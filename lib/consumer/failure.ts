import { SlsKafkaError, causesOf, marksOf, reasonOf, type ErrorParams } from '../errors'
import type { ConsumerOptions } from '../config/consumer-options'
import { startAddress } from '../config/project-options'
import { maskAccessKeyId } from '../sls/credentials'
import { hostText } from '../sls/endpoint'
import { meaningOf } from '../sls/meanings'
import { regionHint } from '../sls/regions'

/** Translates an error of the client or the network into the terms of SLS, with the user's own names. */
export function describeFailure(error: unknown, options: ConsumerOptions): SlsKafkaError {
  const chain = causesOf(error)
  const known = chain.find((cause) => cause instanceof SlsKafkaError)
  if (known) return known
  const code = meaningOf(marksOf(error))
  const params = { ...namesOf(options), detail: detailOf(chain.at(-1)) }
  const hint = code === 'SLS_HOST_NOT_FOUND' ? regionHint(startAddress(options.project).host) : {}
  return new SlsKafkaError(code, { ...params, ...hint }, error)
}

/** Puts Kafka's name of an error response first, because users look up the error by that name. */
function detailOf(cause: unknown): string {
  const { type } = Object(cause) as { type?: unknown }
  return typeof type === 'string' ? `${type}: ${reasonOf(cause)}` : reasonOf(cause)
}

function namesOf(options: ConsumerOptions): ErrorParams {
  const { project } = options
  const { host, port } = startAddress(project)
  return {
    project: project.project,
    logstore: options.logstore,
    group: options.group,
    host: hostText(host),
    port,
    accessKeyId: maskAccessKeyId(project.accessKey.id),
  }
}
