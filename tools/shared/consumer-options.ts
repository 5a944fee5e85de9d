import {
  compileConsumerOptions,
  type ConsumerOptions,
  type ConsumerSettings,
} from '../../lib/config/consumer-options'
import { compileProjectOptions, type ProjectOptions } from '../../lib/config/project-options'
import type { Compiled } from '../../lib/config/project-options'

/** A project that is nowhere, for tests that connect to nothing. */
export const PROJECT: ProjectOptions = {
  project: 'shop-prod',
  address: { host: 'shop-prod.cn-hangzhou.log.aliyuncs.com', port: 10012 },
  bootstrap: null,
  accessKey: { id: 'LTAI5tABCDEFGHIJKLMN9xQ', secret: 'secret' },
  login: { username: 'shop-prod', password: 'LTAI5tABCDEFGHIJKLMN9xQ#secret' },
  tls: {},
}

/** Where a test's service listens, and how it is logged into. */
export interface ServiceAddress {
  readonly port: number
  /**
   * The brokers are dialled at the hosts in this domain that they advertise, beginning with
   * `<project>.<endpoint>:<port>`. Absent: every connection goes to `localhost:<port>`.
   */
  readonly endpoint?: string
  readonly ca: string
  readonly project: string
  readonly accessKeyId: string
  readonly accessKeySecret: string
}

export function optionsFor(service: ServiceAddress, settings: ConsumerSettings): ConsumerOptions {
  return valid(compileConsumerOptions(settings, projectOf(service)))
}

/** The project of a test's service. */
export function projectOf(service: ServiceAddress): ProjectOptions {
  const { project, accessKeyId, accessKeySecret, ca, port, endpoint } = service
  const place =
    endpoint === undefined ? { bootstrap: `localhost:${port}` } : { endpoint, port: String(port) }
  const compiled = compileProjectOptions(
    { project, accessKeyId, accessKeySecret, ...place },
    { ca },
    {},
  )
  return valid(compiled)
}

export function valid<T>(compiled: Compiled<T>): T {
  if ('options' in compiled) return compiled.options
  throw new Error(JSON.stringify(compiled.problems))
}
