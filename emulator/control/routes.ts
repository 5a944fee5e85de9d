import type { Emulator } from '../emulator'
import { objectFields } from '../store/json-fields'
import type { Log } from '../store/log'
import type { Logstore } from '../store/logstore'
import { commitsOf, stateOf } from './state'

export interface ControlRequest {
  readonly method: string
  readonly path: readonly string[]
  readonly query: URLSearchParams
  /** Parsed JSON; `undefined` without a body. */
  readonly body: unknown
}

/** The request makes no sense; the message says why. */
export class ControlError extends Error {
  override readonly name = 'ControlError'
  readonly status: number

  constructor(message: string, status = 400) {
    super(message)
    this.status = status
  }
}

/**
 * Does what a request asks for; the result is sent as JSON. Throws ControlError and LogstoreError.
 *
 *     GET  /state                            shards, groups, connections, counters
 *     GET  /commits                          every commit accepted
 *     POST /logstores                        {"name", "shards"}
 *     POST /logstores/<name>/logs            [text or {field: value}, ...]
 *          ?shard= &groupSize= &receiveTime= &time=   (times in unix ms)
 *     POST /logstores/<name>/shards/<id>/split
 *     POST /access-keys                      {"id", "secret"}: the one that is right from now on
 *     POST /connections/kill                 drops all connections
 *     POST /listener                         {"open": false}: an outage; true: its end
 */
export function handleControl(emulator: Emulator, request: ControlRequest): unknown {
  const { method, path, body } = request
  const [resource, name, action, item, verb] = path
  const route = [method, resource, name && '*', action, item && '*', verb].filter(Boolean).join(' ')
  switch (route) {
    case 'GET state':
      return stateOf(emulator)
    case 'GET commits':
      return commitsOf(emulator)
    case 'POST logstores':
      return createLogstore(emulator, body)
    case 'POST logstores * logs':
      return appendLogs(emulator, name ?? '', request)
    case 'POST logstores * shards * split':
      return splitShard(emulator, name ?? '', Number(item))
    case 'POST access-keys':
      return setAccessKey(emulator, body)
    case 'POST connections *':
      if (name === 'kill') return { killed: emulator.listener.killConnections() }
      break
    case 'POST listener':
      return setListener(emulator, body)
  }
  throw new ControlError(`there is no ${method} /${path.join('/')}`, 404)
}

function createLogstore(emulator: Emulator, body: unknown): unknown {
  const { name, shards } = objectOf(body)
  if (typeof name !== 'string' || typeof shards !== 'number') {
    throw new ControlError('expected {"name": "access-log", "shards": 2}')
  }
  emulator.project.createLogstore(name, shards)
  return { name, shards }
}

function appendLogs(emulator: Emulator, name: string, { query, body }: ControlRequest): unknown {
  if (!Array.isArray(body)) throw new ControlError('expected an array of strings and objects')
  const receiveTime = optionalInteger(query, 'receiveTime')
  const time = optionalInteger(query, 'time') ?? receiveTime ?? Date.now()
  const shard = optionalInteger(query, 'shard')
  const groupSize = optionalInteger(query, 'groupSize')
  if (groupSize === 0) throw new ControlError('groupSize is at least 1')
  const logs = body.map((log: unknown) => logOf(log, time))
  const counts = logstoreOf(emulator, name).append(logs, {
    ...(shard !== undefined && { shard }),
    ...(groupSize !== undefined && { groupSize }),
    ...(receiveTime !== undefined && { receiveTime }),
  })
  return { appended: Object.fromEntries(counts) }
}

/** A string is the text of the field `content` as it is; an object has the fields itself. */
function logOf(log: unknown, time: number): Log {
  if (typeof log === 'string') return { time, fields: [['content', log]] }
  return { time, fields: objectFields(objectOf(log)) }
}

function splitShard(emulator: Emulator, name: string, shard: number): unknown {
  const children = logstoreOf(emulator, name).split(shard)
  return { children: children.map(({ id }) => id) }
}

function setAccessKey({ access }: Emulator, body: unknown): unknown {
  const { id, secret } = objectOf(body)
  if (typeof id !== 'string' || typeof secret !== 'string') {
    throw new ControlError('expected {"id": "...", "secret": "..."}')
  }
  access.accessKey = { id, secret }
  return { id }
}

async function setListener({ listener }: Emulator, body: unknown): Promise<unknown> {
  const { open } = objectOf(body)
  if (typeof open !== 'boolean')
    throw new ControlError('expected {"open": true} or {"open": false}')
  await (open ? listener.open() : listener.close())
  return { open: listener.isOpen }
}

function logstoreOf({ project }: Emulator, name: string): Logstore {
  const logstore = project.logstore(name)
  if (!logstore) throw new ControlError(`there is no logstore ${name}`, 404)
  return logstore
}

function objectOf(value: unknown): Partial<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ControlError('expected a JSON object')
  }
  return value
}

function optionalInteger(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name)
  if (text === null) return undefined
  const value = Number(text)
  if (text === '' || !Number.isSafeInteger(value) || value < 0) {
    throw new ControlError(`${name} has to be a whole number`)
  }
  return value
}
