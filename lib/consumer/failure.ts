import { SlsKafkaError, reasonOf, type ErrorParams } from '../errors'
import type { ConsumerOptions } from '../options/consumer-options'
import { maskAccessKeyId } from '../sls/credentials'
import { meaningOf } from '../sls/meanings'

/** Tells any error of the client or the network in the terms of SLS, with the user's own names. */
export function describeFailure(error: unknown, options: ConsumerOptions): SlsKafkaError {
  const chain = causes(error)
  const known = chain.find((cause) => cause instanceof SlsKafkaError)
  if (known) return known
  const params = { ...namesOf(options), detail: reasonOf(chain.at(-1)) }
  return new SlsKafkaError(meaningOf(chain.flatMap(marksOf)), params, error)
}

/** The error and what caused it, outermost first. */
function causes(error: unknown): unknown[] {
  const chain: unknown[] = []
  for (let current = error; current && !chain.includes(current);) {
    chain.push(current)
    current = current instanceof Error ? current.cause : undefined
  }
  return chain
}

function marksOf(error: unknown): string[] {
  const { code, type, name, message } = error as Record<string, unknown>
  return [code, type, name, message].filter((mark) => typeof mark === 'string')
}

function namesOf(options: ConsumerOptions): ErrorParams {
  const { project } = options
  const address = project.bootstrap ?? project.address
  return {
    project: project.project,
    logstore: options.logstore,
    group: options.group,
    host: address?.host ?? '',
    port: address?.port ?? '',
    accessKeyId: maskAccessKeyId(project.accessKey.id),
  }
}
