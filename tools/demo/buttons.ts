import { LocalServer, type Answer, type LocalRequest } from './local-server'

/** What the buttons of the demo tab do, and what the demo knows. */
export interface ButtonActions {
  burst(records: number): Answer
  setDatabase(isUp: boolean): Promise<void>
  /** False: it is off already. */
  endpointOff(seconds: number): boolean
  /** False: it is being started. */
  killNodeRed(): boolean
  /** The flow has got an order. False: there is none of that number. */
  received(order: string): boolean
  /** The flow has written an order and read it back. False: it is not the number of an order. */
  readBack(order: string): boolean
  state(): object
}

const MAX_OUTAGE_SECONDS = 600

/**
 * What the flow calls; all answer at once.
 *
 *     POST /burst?records=100000        writes that many records into the logstore
 *     POST /database/down               and up
 *     POST /endpoint/off?seconds=20
 *     POST /node-red/kill               kill -9, and start it again
 *     POST /received/<order>            the flow has got this order
 *     POST /read-back/<order>           the flow has written this order and read it back
 *     GET  /state                       the orders counted, what is up and what is down
 */
export function startButtons(actions: ButtonActions): Promise<LocalServer> {
  return LocalServer.start((request) => press(actions, request))
}

async function press(
  actions: ButtonActions,
  { method, path, query }: LocalRequest,
): Promise<Answer> {
  const [thing, item = ''] = path
  switch (`${method} ${thing ?? ''}`) {
    case 'POST burst':
      return actions.burst(Number(query.get('records')))
    case 'POST database':
      if (item !== 'up' && item !== 'down') break
      await actions.setDatabase(item === 'up')
      return { status: 200, body: { database: item } }
    case 'POST endpoint':
      if (item !== 'off') break
      return endpointOff(actions, Number(query.get('seconds')))
    case 'POST node-red':
      if (item !== 'kill') break
      return taken(actions.killNodeRed(), 'Node-RED is being started')
    case 'POST received':
      return actions.received(item) ? { status: 200, body: {} } : notFound(`order ${item}`)
    case 'POST read-back':
      return actions.readBack(item) ? { status: 200, body: {} } : notFound(`order ${item}`)
    case 'GET state':
      return { status: 200, body: actions.state() }
  }
  return notFound(`${method} /${path.join('/')}`)
}

function endpointOff(actions: ButtonActions, seconds: number): Answer {
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > MAX_OUTAGE_SECONDS) {
    return { status: 400, body: { error: `it can be off for 1 to ${MAX_OUTAGE_SECONDS} seconds` } }
  }
  return taken(actions.endpointOff(seconds), 'the endpoint is off already')
}

function taken(isTaken: boolean, otherwise: string): Answer {
  return isTaken ? { status: 202, body: {} } : { status: 409, body: { error: otherwise } }
}

function notFound(what: string): Answer {
  return { status: 404, body: { error: `there is no ${what}` } }
}
