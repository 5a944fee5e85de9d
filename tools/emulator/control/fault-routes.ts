import type { Emulator } from '../emulator'
import { isServed } from '../apis'
import { parseFault } from '../faults/parse-fault'
import { SLS_WRITE_LIMITS } from '../store/write-limits'
import { RECEPTIONS, type SwitchValues } from '../switches'
import { ControlError, objectOf, text, wholeNumber, type JsonObject } from './checks'
import type { Route, RouteRequest } from './route'

/** Routes for faults and switches. */
export const faultRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/faults',
    help: `{"kind": "error", "error": name or number}, optionally with "logstore" and "shard", or with
"scope": "response" (the whole response) or "shards" (each shard);
{"kind": "delay", "ms"}: the request is served later; {"kind": "late", "ms"}: the response is sent
later; {"kind": "drop"}: the request is served, and the response is lost;
{"kind": "drip", "ms", "bytes"}: the response comes in pieces of "bytes" (default 1), "ms" apart;
{"kind": "garble"}: every byte of the response after its correlation id is inverted;
{"kind": "freeze"}: the connection stays open and sends nothing more;
{"kind": "close"}: the connection closes without a response;
{"kind": "nonsense"}: a response that is not Kafka, or "bytes" in base64;
{"kind": "flood", "length"}: a response of this length that consists of zeros;
{"kind": "throttle", "ms"}: the throttle time in the response.
Each with "api" (one or a list), "clientId" (a part of it), "times" (default: until cleared)`,
    handle: addFault,
  },
  {
    method: 'DELETE',
    path: '/faults',
    help: 'ends all faults, drops the half-open connections, and resets the switches',
    handle: clearFaults,
  },
  {
    method: 'POST',
    path: '/switches',
    help: `{"advertise": {"host", "port"}}, {"nodes"}, {"maxVersions": {api: version}},
{"refusesNegativeCommits": true or false}, {"bytesPerSecond"}, {"inboundBytesPerSecond"},
{"shardBytesPerSecond"},
{"writeLimits": {"logs", "bytes"}}: default the limits of SLS,
{"reception"}, {"sessionLifetimeMs"}, {"abortedTransactions"}: as the options of these names;
null for "advertise", "bytesPerSecond", "inboundBytesPerSecond", "shardBytesPerSecond",
"writeLimits" and "sessionLifetimeMs": no value`,
    handle: setSwitches,
  },
]

function addFault({ faults }: Emulator, { body }: RouteRequest): unknown {
  faults.add(parseFault(objectOf(body)))
  return {}
}

function clearFaults(emulator: Emulator): unknown {
  emulator.clearFaults()
  return {}
}

function setSwitches({ switches }: Emulator, { body }: RouteRequest): unknown {
  switches.change(switchesOf(objectOf(body)))
  return switches.current
}

const CHECKS: { readonly [Name in keyof SwitchValues]: (value: unknown) => SwitchValues[Name] } = {
  advertise(value) {
    if (value === null) return undefined
    const { host, port } = objectOf(value)
    return { host: text('host', host), port: wholeNumber('port', port) }
  },
  nodes: (value) => atLeastOne('nodes', value),
  maxVersions: (value) => versionsOf(objectOf(value)),
  refusesNegativeCommits(value) {
    if (typeof value === 'boolean') return value
    throw new ControlError('refusesNegativeCommits must be true or false')
  },
  bytesPerSecond: (value) => (value === null ? undefined : atLeastOne('bytesPerSecond', value)),
  inboundBytesPerSecond: (value) =>
    value === null ? undefined : atLeastOne('inboundBytesPerSecond', value),
  shardBytesPerSecond: (value) =>
    value === null ? undefined : atLeastOne('shardBytesPerSecond', value),
  writeLimits(value) {
    if (value === null) return undefined
    const { logs = SLS_WRITE_LIMITS.logs, bytes = SLS_WRITE_LIMITS.bytes } = objectOf(value)
    return { logs: atLeastOne('logs', logs), bytes: atLeastOne('bytes', bytes) }
  },
  sessionLifetimeMs: (value) =>
    value === null ? undefined : atLeastOne('sessionLifetimeMs', value),
  abortedTransactions: (value) => wholeNumber('abortedTransactions', value),
  reception(value) {
    const reception = RECEPTIONS.find((candidate) => candidate === value)
    if (reception) return reception
    throw new ControlError(`reception must be one of ${RECEPTIONS.join(', ')}`)
  },
}

function switchesOf(body: JsonObject): Partial<SwitchValues> {
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => {
      if (!Object.hasOwn(CHECKS, name)) throw new ControlError(`there is no switch "${name}"`)
      return [name, CHECKS[name as keyof SwitchValues](value)]
    }),
  )
}

function atLeastOne(name: string, value: unknown): number {
  return Math.max(1, wholeNumber(name, value))
}

function versionsOf(versions: JsonObject): Record<string, number> {
  return Object.fromEntries(
    Object.entries(versions).map(([api, version]) => {
      if (isServed(api) && Number.isInteger(version)) return [api, Number(version)]
      throw new ControlError('maxVersions must have names of APIs and whole numbers')
    }),
  )
}
