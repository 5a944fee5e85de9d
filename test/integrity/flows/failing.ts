import assert from 'node:assert/strict'
import type { SinkMessage } from '../../../tools/shared/node-red'
import { recordsIn } from '../../../tools/shared/integrity/acked'
import type { TestedFlow } from '../../../tools/shared/integrity/flow'
import {
  catchOf,
  codeNode,
  completeOf,
  coreNode,
  type FlowCase,
} from '../../../tools/shared/integrity/flow-case'

const FAILS_ONCE = `
  if (msg.kafka.attempt === 1 && /[37] /.test(msg.payload)) throw new Error('not this time')`

const BY_MESSAGE = 'by-message'

/**
 * Flows that fail, and what becomes of their records.
 *
 * @param url of a service that fails now and then; asked when the flows are deployed
 * @param stored what that service has taken
 */
export function failing(url: () => string, stored: ReadonlySet<string>): readonly FlowCase[] {
  return [
    {
      name: 'catch',
      title: 'Catch: what has failed comes again until it is done',
      settings: { retryDelay: '100' },
      work: (ids) => [
        codeNode(`${FAILS_ONCE}\nreturn msg`)(ids, ids.first, [ids.ack]),
        catchOf(ids, [ids.first], ids.nack),
      ],
      check: hasRepeated,
    },
    {
      name: 'catch-complete',
      title: 'Complete and Catch of a node without an output',
      settings: { retryDelay: '100' },
      work: (ids) => [
        codeNode(`${FAILS_ONCE}\nsetTimeout(() => node.done(), Math.random() * 20)`)(
          ids,
          ids.first,
        ),
        completeOf(ids, [ids.first], ids.ack),
        catchOf(ids, [ids.first], ids.nack),
      ],
      check: hasRepeated,
    },
    {
      name: 'http-request',
      title: 'HTTP request that is refused or not answered now and then',
      settings: { retryDelay: '100' },
      work: (ids) => {
        return [
          coreNode('http request', {
            method: 'POST',
            ret: 'txt',
            url: url(),
            senderr: true,
            persist: true,
            headers: [],
          })(ids, ids.first, [ids.id('answer')]),
          coreNode('switch', {
            property: 'statusCode',
            propertyType: 'msg',
            rules: [{ t: 'lt', v: '300', vt: 'num' }, { t: 'else' }],
            checkall: 'false',
            outputs: 2,
          })(ids, ids.id('answer'), [ids.ack], [ids.nack]),
          catchOf(ids, [ids.first], ids.nack),
        ]
      },
      check: hasRepeated,
    },
    {
      name: 'http-request-complete',
      title: 'HTTP request, which when it fails is told by Catch and by Complete: it has failed',
      settings: { retryDelay: '100' },
      work: (ids) => [
        coreNode('http request', {
          method: 'POST',
          ret: 'txt',
          url: `${url()}/unanswered`,
          senderr: true,
          persist: true,
          headers: [],
        })(ids, ids.first, []),
        catchOf(ids, [ids.first], ids.nack),
        completeOf(ids, [ids.first], ids.ack),
      ],
      // Complete passes the sink in front of the ack node also when it must not count.
      check: (flow) => {
        hasRepeated(flow)
        const lost = flow.records.filter(({ payload }) => !stored.has(payload as string))
        assert.equal(lost.length, 0, 'acked and not stored')
      },
    },
    {
      name: 'dead-letters',
      title: 'dead letters to the second output, done when they are acked there',
      settings: { retryDelay: '100', maxAttempts: '2', onExhausted: 'output' },
      work: (ids) => [
        codeNode(`
          if (/[37] /.test(msg.payload)) throw new Error('never')
          return msg`)(ids, ids.first, [ids.ack]),
        catchOf(ids, [ids.first], ids.nack),
        codeNode('setTimeout(() => node.send(msg), 50)')(ids, ids.second, [ids.ack]),
      ],
      check: (flow) => {
        hasRepeated(flow)
        const { deadLetters, records } = flow
        const sentTwice = records.filter(({ kafka }) => kafka?.['attempt'] === 2)
        assert.equal(deadLetters.length, sentTwice.length)
        for (const { kafka } of deadLetters) {
          const { code } = kafka?.['error'] as { readonly code: string }
          assert.equal(code, 'SLS_ATTEMPTS_EXHAUSTED')
        }
      },
    },
    {
      name: 'reject',
      title: 'reject by msg.action, with "skip": told and done',
      settings: { onExhausted: 'skip' },
      work: (ids) => [
        codeNode(`
          msg.action = msg.payload.includes('7 ') ? 'reject' : 'ack'
          return msg`)(ids, ids.first, [ids.id(BY_MESSAGE)]),
        ...ids.lane(BY_MESSAGE, { action: 'msg' }),
      ],
      finishedToo: (flow) =>
        new Map(
          byMessage(flow).flatMap((message) =>
            recordsIn(message).map((record) => [record, message.passedAt] as const),
          ),
        ),
      check: (flow) => {
        const rejected = byMessage(flow).filter((message) => message['action'] === 'reject')
        const told = flow.errors.filter(({ error }) => error?.code === 'SLS_REJECTED')
        assert.ok(rejected.length > 0)
        assert.equal(told.length, rejected.length)
        assert.equal(flow.records.length, flow.timesSent.size, 'nothing is sent again')
      },
    },
  ]
}

function byMessage(flow: TestedFlow): SinkMessage[] {
  return flow.passed.filter(({ sink }) => sink === flow.id(BY_MESSAGE))
}

function hasRepeated({ records, timesSent }: TestedFlow): void {
  assert.ok(records.length > timesSent.size, 'some were sent again')
}
