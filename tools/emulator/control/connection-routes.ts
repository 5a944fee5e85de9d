import type { Emulator } from '../emulator'
import { ControlError, objectOf, optional, text } from './checks'
import type { Route, RouteRequest } from './route'

/** Routes for the AccessKey, the listener, connections and members. */
export const connectionRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/access-keys',
    help: '{"id", "secret"}: the AccessKey that is valid from now on',
    handle: setAccessKey,
  },
  {
    method: 'POST',
    path: '/listener',
    help: '{"open": false} starts an outage, true ends it',
    handle: setListener,
  },
  {
    method: 'POST',
    path: '/connections/kill',
    help: 'drops all connections',
    handle: killConnections,
  },
  {
    method: 'POST',
    path: '/connections/freeze',
    help: 'makes all connections half-open: they accept bytes and send nothing; new connections work',
    handle: freezeConnections,
  },
  {
    method: 'POST',
    path: '/groups/:id/expire',
    help: 'ends the sessions of the members; {"clientId"}: of this client only',
    handle: expireMembers,
  },
]

function setAccessKey({ access }: Emulator, { body }: RouteRequest): unknown {
  const { id, secret } = objectOf(body)
  access.accessKey = { id: text('id', id), secret: text('secret', secret) }
  return { id }
}

async function setListener({ listener }: Emulator, { body }: RouteRequest): Promise<unknown> {
  const { open } = objectOf(body)
  if (typeof open !== 'boolean') throw new ControlError('"open" must be true or false')
  await (open ? listener.open() : listener.close())
  return { open: listener.isOpen }
}

function killConnections({ listener }: Emulator): unknown {
  return { killed: listener.killConnections() }
}

function freezeConnections(emulator: Emulator): unknown {
  return { frozen: emulator.freezeConnections() }
}

function expireMembers({ groups }: Emulator, { params, body }: RouteRequest): unknown {
  const clientId = optional(text, 'clientId', objectOf(body ?? {})['clientId'])
  return { expired: groups.expireMembers(params['id'] ?? '', clientId) }
}
