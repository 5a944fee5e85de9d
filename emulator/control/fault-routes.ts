import type { Emulator } from '../emulator'
import { isServed } from '../apis'
import { parseFault } from '../faults/parse-fault'
import { RECEPTIONS, type SwitchValues } from '../switches'
import { ControlError, objectOf, text, wholeNumber, type JsonObject } from './checks'
import type { Route, RouteRequest } from './route'

/** What goes wrong on purpose. */
export const faultRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/faults',
    help: `{"kind": "error", "error": name or number}, also with "logstore" and "shard", or with
"scope": "response" (as a whole) or "shards" (at each of them);
{"kind": "delay", "ms"}: served so much later; {"kind": "late", "ms"}: answered so much later;
 {"kind": "drop"}: served, the answer is lost;
{"kind": "drip", "ms", "bytes"}: so many bytes of the answer at a time (default 1), "ms" apart;
{"kind": "garble"}: every byte of the answer after its correlation id is inverted;
{"kind": "freeze"}: the connection answers nothing more; {"kind": "close"};
{"kind": "nonsense"}: bytes that are no Kafka, or "bytes" in base64;
{"kind": "flood", "length"}: an answer of so many zeros, as long as they are taken;
{"kind": "throttle", "ms"}: the answer asks for a rest.
Each with "api" (one or a list), "clientId" (a part of it), "times" (default: until cleared)`,
    handle: addFault,
  },
  {
    method: 'DELETE',
    path: '/faults',
    help: 'ends all faults, drops the half-open connections, puts the switches back',
    handle: clearFaults,
  },
  {
    method: 'POST',
    path: '/switches',
    help: `{"advertise": {"host", "port"}}, {"nodes"}, {"maxVersions": {api: version}},
{"refusesNegativeCommits": true or false}, {"bytesPerSecond"},
{"reception"}, {"sessionLifetimeMs"}, {"abortedTransactions"}: as the options do;
null for "advertise", "bytesPerSecond" and "sessionLifetimeMs" as without the option`,
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
    throw new ControlError('refusesNegativeCommits has to be true or false')
  },
  bytesPerSecond: (value) => (value === null ? undefined : atLeastOne('bytesPerSecond', value)),
  sessionLifetimeMs: (value) =>
    value === null ? undefined : atLeastOne('sessionLifetimeMs', value),
  abortedTransactions: (value) => wholeNumber('abortedTransactions', value),
  reception(value) {
    const reception = RECEPTIONS.find((candidate) => candidate === value)
    if (reception) return reception
    throw new ControlError(`reception is one of ${RECEPTIONS.join(', ')}`)
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
      throw new ControlError('maxVersions takes names of APIs and whole numbers')
    }),
  )
}
