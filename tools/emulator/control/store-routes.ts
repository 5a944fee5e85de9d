import type { Emulator } from '../emulator'
import { COMPRESSIONS, type Compression } from '../protocol/compression'
import { encodeBatch } from '../protocol/record-batch'
import { objectFields } from '../store/json-fields'
import type { Log } from '../store/log'
import type { Logstore } from '../store/logstore'
import {
  ControlError,
  objectOf,
  optional,
  queryNumber,
  text,
  wholeNumber,
  type JsonObject,
} from './checks'
import type { Route, RouteRequest } from './route'

/** Routes for logs, logstores and shards. */
export const storeRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/logstores',
    help: '{"name", "shards"}, optionally with "startIndex": the index of its first log groups',
    handle: createLogstore,
  },
  {
    method: 'DELETE',
    path: '/logstores/:name',
    help: 'keeps groups and their committed offsets, as SLS does',
    handle: deleteLogstore,
  },
  {
    method: 'POST',
    path: '/logstores/:name/logs',
    help: '[text or {field: value}, ...]\n?shard= &groupSize= &compression= &receiveTime= &time=   (times in unix ms)',
    handle: appendLogs,
  },
  {
    method: 'POST',
    path: '/logstores/:name/shards/:id/filtered',
    help: '[text, {field: value} or null, ...]: one log group; null stands for a log that was filtered out and\nkeeps its offset. Only nulls make an empty batch',
    handle: appendFiltered,
  },
  {
    method: 'POST',
    path: '/logstores/:name/shards/:id/batches',
    help: '{"bytes"}: a record batch in base64; or {"attributes", "count", "payload"}: records in base64,\ncompressed or not, optionally with "lastOffsetDelta" (default count - 1);\nor {"bytes", "count", "offsets"}: stored without a change, with offsets of their own',
    handle: appendBatch,
  },
  {
    method: 'POST',
    path: '/logstores/:name/shards/:id/leader',
    help: '{"node"}: the node id of the new leader',
    handle: moveLeader,
  },
  {
    method: 'POST',
    path: '/logstores/:name/shards/:id/split',
    help: 'makes the shard read-only and adds two shards',
    handle: splitShard,
  },
  {
    method: 'POST',
    path: '/logstores/:name/shards/:id/merge',
    help: '{"with": id}: makes both shards read-only and adds one shard',
    handle: mergeShards,
  },
  {
    method: 'POST',
    path: '/logstores/:name/shards/:id/expire',
    help: '{"receivedBefore"}: drops older log groups (unix ms; default all)',
    handle: expireLogs,
  },
  {
    method: 'POST',
    path: '/logstores/:name/shards/:id/reclaim',
    help: 'removes a read-only shard; its partition stays listed and has no records',
    handle: reclaimShard,
  },
]

function createLogstore({ project }: Emulator, { body }: RouteRequest): unknown {
  const { name, shards, startIndex } = objectOf(body)
  const first = optional(wholeNumber, 'startIndex', startIndex)
  const { shards: created } = project.createLogstore(
    text('name', name),
    wholeNumber('shards', shards),
    first === undefined ? undefined : BigInt(first),
  )
  return { name, shards: created.length }
}

function deleteLogstore({ project }: Emulator, { params }: RouteRequest): unknown {
  project.deleteLogstore(params['name'] ?? '')
  return {}
}

function appendFiltered(emulator: Emulator, { params, body }: RouteRequest): unknown {
  const now = Date.now()
  const logs = listOf(body).map((log) => (log === null ? null : logOf(log, now)))
  if (logs.length === 0) throw new ControlError('expected at least one log or null')
  const shard = logstoreOf(emulator, params).writableShard(shardId(params))
  return { offset: String(shard.append(logs, now)) }
}

function appendBatch(emulator: Emulator, { params, body }: RouteRequest): unknown {
  const logstore = logstoreOf(emulator, params)
  const fields = objectOf(body)
  const now = Date.now()
  if (fields['offsets'] === undefined) {
    return { offset: String(logstore.appendBatch(shardId(params), batchOf(fields), now)) }
  }
  const bytes = Buffer.from(text('bytes', fields['bytes']), 'base64')
  const count = wholeNumber('count', fields['count'])
  const offsets = wholeNumber('offsets', fields['offsets'])
  return { offset: String(logstore.appendAsIs(shardId(params), bytes, { count, offsets }, now)) }
}

function moveLeader(emulator: Emulator, { params, body }: RouteRequest): unknown {
  const node = wholeNumber('node', objectOf(body)['node'])
  logstoreOf(emulator, params).shard(shardId(params)).moveTo(node)
  return {}
}

function splitShard(emulator: Emulator, { params }: RouteRequest): unknown {
  const children = logstoreOf(emulator, params).split(shardId(params))
  return { children: children.map(({ id }) => id) }
}

function mergeShards(emulator: Emulator, { params, body }: RouteRequest): unknown {
  const other = wholeNumber('with', objectOf(body)['with'])
  return { child: logstoreOf(emulator, params).merge(shardId(params), other).id }
}

function expireLogs(emulator: Emulator, { params, body }: RouteRequest): unknown {
  const time = optional(wholeNumber, 'receivedBefore', objectOf(body ?? {})['receivedBefore'])
  const shard = logstoreOf(emulator, params).shard(shardId(params))
  shard.expire(time ?? Infinity)
  return { earliest: String(shard.earliestOffset) }
}

function reclaimShard(emulator: Emulator, { params }: RouteRequest): unknown {
  logstoreOf(emulator, params).reclaim(shardId(params))
  return {}
}

function appendLogs(emulator: Emulator, { params, query, body }: RouteRequest): unknown {
  const receiveTime = queryNumber(query, 'receiveTime')
  const time = queryNumber(query, 'time') ?? receiveTime ?? Date.now()
  const shard = queryNumber(query, 'shard')
  const groupSize = queryNumber(query, 'groupSize')
  const compression = compressionOf(query.get('compression'))
  if (groupSize === 0) throw new ControlError('groupSize must be at least 1')
  const logs = listOf(body).map((log) => logOf(log, time))
  const counts = logstoreOf(emulator, params).append(logs, {
    ...(shard !== undefined && { shard }),
    ...(groupSize !== undefined && { groupSize }),
    ...(receiveTime !== undefined && { receiveTime }),
    ...(compression && { compression }),
  })
  return { appended: Object.fromEntries(counts) }
}

function compressionOf(name: string | null): Compression | undefined {
  if (name === null) return undefined
  const compression = COMPRESSIONS.find((candidate) => candidate === name)
  if (compression) return compression
  throw new ControlError(`compression must be one of ${COMPRESSIONS.join(', ')}`)
}

function batchOf({ bytes, attributes, count, lastOffsetDelta, payload }: JsonObject): Buffer {
  if (bytes !== undefined) return Buffer.from(text('bytes', bytes), 'base64')
  const records = wholeNumber('count', count)
  const now = Date.now()
  return encodeBatch(0n, {
    attributes: wholeNumber('attributes', attributes),
    count: records,
    lastOffsetDelta: optional(wholeNumber, 'lastOffsetDelta', lastOffsetDelta) ?? records - 1,
    firstTimestamp: now,
    maxTimestamp: now,
    payload: Buffer.from(text('payload', payload), 'base64'),
  })
}

/** A string is the text of the field `content`; an object has the fields. */
function logOf(log: unknown, time: number): Log {
  if (typeof log === 'string') return { time, fields: [['content', log]] }
  return { time, fields: objectFields(objectOf(log)) }
}

function listOf(body: unknown): unknown[] {
  if (Array.isArray(body)) return body
  throw new ControlError('expected an array of strings and objects')
}

export function logstoreOf({ project }: Emulator, { name = '' }: RouteRequest['params']): Logstore {
  const logstore = project.logstore(name)
  if (!logstore) throw new ControlError(`there is no logstore ${name}`, 404)
  return logstore
}

function shardId({ id }: RouteRequest['params']): number {
  return wholeNumber('the id of a shard', Number(id))
}
