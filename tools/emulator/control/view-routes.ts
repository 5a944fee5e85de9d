import type { Emulator } from '../emulator'
import { parseView } from '../store/parse-view'
import { objectOf, wholeNumber } from './checks'
import type { Route, RouteRequest } from './route'
import { logstoreOf } from './store-routes'

/** Routes for the virtual topics of a logstore, which SLS filters on its side. */
export const viewRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/logstores/:name/views',
    help: '{"id": 0 to 31, "where": {"field", "equals"}}: adds the virtual topic <name>.<id>, an SPL filter;\noptionally with "project": [field, ...], the fields to keep, and "filtered", see --filtered',
    handle: addView,
  },
  {
    method: 'DELETE',
    path: '/logstores/:name/views/:id',
    help: 'removes the virtual topic; committed offsets for it stay',
    handle: removeView,
  },
]

function addView(emulator: Emulator, { params, body }: RouteRequest): unknown {
  const logstore = logstoreOf(emulator, params)
  const view = logstore.addView(parseView(objectOf(body), emulator.options.filtered))
  return { name: `${logstore.name}.${view.id}`, query: view.query }
}

function removeView(emulator: Emulator, { params }: RouteRequest): unknown {
  logstoreOf(emulator, params).removeView(wholeNumber('the id of a view', Number(params['id'])))
  return {}
}
