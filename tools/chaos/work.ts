import type { FlowSetup } from '../shared/integrity/flow'
import { functionNode, writerNode } from '../shared/integrity/nodes'
import { catchOf } from '../shared/integrity/flow-case'

/** The shortest session timeout that services accept; an outage can be longer. */
const SESSION_TIMEOUT_MS = 6_000

/**
 * Work that is slow, and sometimes fails once or several times in a row. The number at the start of a record
 * decides whether it fails. A slow record never fails: four slow attempts take longer than the time between
 * two redeploys of a process, and its shard stood still for nine minutes in a run of an hour.
 */
const WORK = `
  const number = Number.parseInt(msg.payload, 10)
  const failures = number % 199 === 0 ? 3 : number % 41 === 0 ? 1 : 0
  const ms = number % 97 === 0 && failures === 0 ? 2000 : 20 + ((number * 37) % 500)
  setTimeout(() => {
    if (msg.kafka.attempt <= failures) return node.error('not this time', msg)
    node.send(msg)
    node.done()
  }, ms)`

/** The logstore of a flow, and the one that it writes its records to. */
export interface Logstores {
  readonly logstore: string
  readonly shards: number
  readonly copies: string
}

/** The flow of each process of the group: an acknowledged record is stored a second time. */
export function flowOf(tab: string, { logstore, shards, copies }: Logstores): FlowSetup {
  return {
    tab,
    logstore,
    shards,
    settings: { commitInterval: 500, retryDelay: '200', sessionTimeout: SESSION_TIMEOUT_MS },
    work: (ids) => [
      functionNode(ids, ids.first, WORK, [ids.id('copy')]),
      writerNode(ids, ids.id('copy'), { logstore: copies, format: 'text' }, [ids.ack]),
      catchOf(ids, [ids.first, ids.id('copy')], ids.nack),
    ],
  }
}
