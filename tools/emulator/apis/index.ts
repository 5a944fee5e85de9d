import { served, type KafkaRelease, type ServedApi, type SupportedApi } from './api'
import { apiVersions } from './api-versions'
import { deleteGroups } from './delete-groups'
import { describeConfigs } from './describe-configs'
import { describeGroups } from './describe-groups'
import { fetch } from './fetch'
import { findCoordinator } from './find-coordinator'
import { heartbeat } from './heartbeat'
import { joinGroup } from './join-group'
import { leaveGroup } from './leave-group'
import { listGroups } from './list-groups'
import { listOffsets } from './list-offsets'
import { metadata } from './metadata'
import { offsetCommit } from './offset-commit'
import { offsetFetch } from './offset-fetch'
import { produce } from './produce'
import { saslAuthenticate } from './sasl-authenticate'
import { saslHandshake } from './sasl-handshake'
import { syncGroup } from './sync-group'

/** Every API that is served. A request for another API closes its connection. */
export const APIS: ReadonlyMap<number, ServedApi> = new Map(
  [
    served(produce),
    served(fetch),
    served(listOffsets),
    served(metadata),
    served(offsetCommit),
    served(offsetFetch),
    served(findCoordinator),
    served(joinGroup),
    served(heartbeat),
    served(leaveGroup),
    served(syncGroup),
    served(describeGroups),
    served(listGroups),
    served(saslHandshake),
    served(apiVersions),
    served(describeConfigs),
    served(saslAuthenticate),
    served(deleteGroups),
  ].map((api) => [api.key, api]),
)

export function isServed(name: unknown): name is string {
  return [...APIS.values()].some((api) => api.name === name)
}

/** Whether the response of an API has an error of its own, besides those of its logstores and shards. */
export function hasResponseError(name: string): boolean {
  return [...APIS.values()].some((api) => api.name === name && api.hasResponseError)
}

export function supportedApis(release: KafkaRelease): SupportedApi[] {
  return [...APIS.values()].map(({ key, name, versions }) => ({
    key,
    name,
    min: versions.min,
    max: versions.max[release],
  }))
}

/** An API is left out where its highest version is below the lowest one served. */
export function limitVersions(
  apis: readonly SupportedApi[],
  maxVersions: Readonly<Record<string, number>>,
): SupportedApi[] {
  return apis
    .map((api) => ({ ...api, max: Math.min(api.max, maxVersions[api.name] ?? api.max) }))
    .filter(({ min, max }) => max >= min)
}
