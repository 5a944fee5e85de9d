import { ErrorCode } from '../protocol/error-codes'
import { versions, type Api, type RequestContext } from './api'
import { findLogstore, findView } from './topics'

interface Resource {
  readonly type: number
  readonly name: string
  /** `null`: all. */
  readonly configNames: readonly string[] | null
}

interface Request {
  readonly resources: readonly Resource[]
}

interface Entry {
  readonly name: string
  readonly value: string
}

interface Description extends Pick<Resource, 'type' | 'name'> {
  readonly error: ErrorCode
  readonly entries: readonly Entry[]
}

interface Response {
  readonly resources: readonly Description[]
}

const TOPIC = 2
/** DYNAMIC_TOPIC_CONFIG: set for this topic alone. */
const SOURCE = 1
/** The only entry that SLS documents: the SPL statement of a virtual topic. Source: sls-doc, kafka-admin-tool. */
const QUERY = 'query'

/** Describes topics only: what SLS says of itself as a broker is not known. */
export const describeConfigs: Api<Request, Response> = {
  key: 32,
  name: 'DescribeConfigs',
  versions: versions(0, 2),

  decode(reader, version) {
    const resources = reader.array(() => ({
      type: reader.int8(),
      name: reader.string(),
      configNames: reader.nullableArray(() => reader.string()),
    }))
    if (version >= 1) reader.boolean() // include_synonyms: there are none
    return { resources }
  },

  handle({ resources }, context) {
    return { resources: resources.map((resource) => describe(resource, context)) }
  },

  encode(writer, { resources }, version, throttleMs) {
    writer.int32(throttleMs)
    writer.array(resources, ({ error, type, name, entries }) => {
      writer.int16(error).nullableString(null).int8(type).string(name)
      writer.array(entries, (entry) => {
        writer.string(entry.name).nullableString(entry.value)
        writer.boolean(true) // read_only
        if (version >= 1) writer.int8(SOURCE)
        else writer.boolean(false) // is_default
        writer.boolean(false) // is_sensitive
        if (version >= 1) writer.array([], () => undefined) // synonyms
      })
    })
  },
}

function describe({ type, name, configNames }: Resource, context: RequestContext): Description {
  if (type !== TOPIC) return { type, name, error: ErrorCode.INVALID_REQUEST, entries: [] }
  const logstore = findLogstore(context, name)
  if (typeof logstore === 'number') return { type, name, error: logstore, entries: [] }
  const view = findView(context, name)
  const isAsked = configNames?.includes(QUERY) ?? true
  const entries = view && isAsked ? [{ name: QUERY, value: view.query }] : []
  return { type, name, error: ErrorCode.NONE, entries }
}
