import type { FlowSetup } from '../integrity/support/flow'
import { functionNode } from '../integrity/support/nodes'
import { catchOf } from '../integrity/flows/flow-case'

/** The shortest session that services take: an outage may be longer. */
const SESSION_TIMEOUT_MS = 6_000

/**
 * Work that takes its time, and now and then fails: once, or several times in a row. Which record
 * fails depends on its number, which its text begins with. A slow record never fails: four slow attempts
 * in a row take longer than the time between two redeploys of a process, so that its shard stood still for
 * nine minutes in a run of an hour.
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

/** What each process of the group runs. */
export function flowOf(tab: string, logstore: string, shards: number): FlowSetup {
  return {
    tab,
    logstore,
    shards,
    settings: { commitInterval: 500, retryDelay: '200', sessionTimeout: SESSION_TIMEOUT_MS },
    work: (ids) => [
      functionNode(ids, ids.first, WORK, [ids.ack]),
      catchOf(ids, [ids.first], ids.nack),
    ],
  }
}
