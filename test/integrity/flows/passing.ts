import assert from 'node:assert/strict'
import {
  completeOf,
  codeNode,
  coreNode,
  join,
  type FlowCase,
} from '../../../tools/shared/integrity/flow-case'

/** Flows that pass every message on in some way. */
export function passing(): readonly FlowCase[] {
  return [
    {
      name: 'function',
      title: 'Function that returns the message',
      work: (ids) => [codeNode('return msg')(ids, ids.first, [ids.ack])],
    },
    {
      name: 'function-async',
      title: 'asynchronous Function: records are done in any order',
      work: (ids) => [
        codeNode(`
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 20))
        return msg`)(ids, ids.first, [ids.ack]),
      ],
    },
    {
      name: 'function-callback',
      title: 'Function that sends later',
      work: (ids) => [
        codeNode('setTimeout(() => node.send(msg), Math.random() * 20)')(ids, ids.first, [ids.ack]),
      ],
    },
    {
      name: 'function-new-message',
      title: 'Function that returns a new object: msg.kafka is gone, _msgid finds the record',
      work: (ids) => [
        codeNode('return { payload: msg.payload.length }')(ids, ids.first, [ids.ack]),
      ],
      check: ({ acked }) => {
        assert.ok(acked.every(({ kafka }) => kafka === undefined))
      },
    },
    {
      name: 'change',
      title: 'Change that sets and deletes, msg.kafka as well',
      work: (ids) => [
        coreNode('change', {
          rules: [
            { t: 'set', p: 'payload', pt: 'msg', to: '$length(payload)', tot: 'jsonata' },
            { t: 'delete', p: 'kafka', pt: 'msg' },
          ],
        })(ids, ids.first, [ids.ack]),
      ],
    },
    {
      name: 'switch',
      title: 'Switch with "otherwise"',
      work: (ids) => [
        coreNode('switch', {
          property: 'payload',
          propertyType: 'msg',
          rules: [{ t: 'cont', v: '7', vt: 'str' }, { t: 'else' }],
          checkall: 'false',
          outputs: 2,
        })(ids, ids.first, [ids.id('work')], [ids.ack]),
        codeNode('return msg')(ids, ids.id('work'), [ids.ack]),
      ],
    },
    {
      name: 'filter-by-function',
      title:
        'Function with two outputs in place of a Filter: what is filtered out is acked as well',
      work: (ids) => [
        codeNode('return msg.payload.includes("7") ? [msg, null] : [null, msg]')(
          ids,
          ids.first,
          [ids.id('work')],
          [ids.ack],
        ),
        codeNode('return msg')(ids, ids.id('work'), [ids.ack]),
      ],
    },
    {
      name: 'filter-behind-ack',
      title: 'Filter behind the ack node, which passes the message on',
      work: (ids) => [
        ...ids.lane('before', { action: 'ack' }, [ids.id('filter')]),
        codeNode('return msg')(ids, ids.first, [ids.id('before')]),
        coreNode('rbe', { func: 'rbe', inout: 'out', property: 'partition', septopics: true })(
          ids,
          ids.id('filter'),
          [],
        ),
      ],
    },
    {
      name: 'delay-rate',
      title: 'Delay as a rate limit',
      settings: { maxInFlight: '30' },
      work: (ids) => [
        coreNode('delay', {
          pauseType: 'rate',
          rate: '100',
          nbRateUnits: '1',
          rateUnits: 'second',
          drop: false,
          outputs: 1,
        })(ids, ids.first, [ids.ack]),
      ],
      check: ({ passed }) => {
        assert.ok(mostWaiting(passed) <= 30, `${mostWaiting(passed)} in the flow`)
      },
    },
    {
      name: 'delay-random',
      title: 'Delay by a random time',
      work: (ids) => [
        coreNode('delay', {
          pauseType: 'random',
          randomUnits: 'milliseconds',
          randomFirst: '1',
          randomLast: '50',
          outputs: 1,
        })(ids, ids.first, [ids.ack]),
      ],
    },
    {
      name: 'link',
      title: 'Link out and Link in',
      work: (ids) => [
        {
          ...ids.onTab,
          id: ids.first,
          type: 'link out',
          mode: 'link',
          links: [ids.id('link-in')],
          wires: [],
        },
        {
          ...ids.onTab,
          id: ids.id('link-in'),
          type: 'link in',
          links: [ids.first],
          wires: [[ids.ack]],
        },
      ],
    },
    {
      name: 'link-call',
      title: 'Link call, whose work comes back from elsewhere',
      work: (ids) => {
        const links = [ids.id('link-in')]
        return [
          {
            ...ids.onTab,
            id: ids.first,
            type: 'link call',
            links,
            timeout: '10',
            wires: [[ids.ack]],
          },
          {
            ...ids.onTab,
            id: ids.id('link-in'),
            type: 'link in',
            links: [],
            wires: [[ids.id('work')]],
          },
          codeNode('return msg')(ids, ids.id('work'), [ids.id('return')]),
          {
            ...ids.onTab,
            id: ids.id('return'),
            type: 'link out',
            mode: 'return',
            links: [],
            wires: [],
          },
        ]
      },
    },
    {
      name: 'subflow',
      title: 'subflow',
      work: (ids) => {
        const definition = ids.id('subflow-of')
        const work = ids.id('work')
        return [
          {
            id: definition,
            type: 'subflow',
            name: 'work',
            in: [{ x: 40, y: 40, wires: [{ id: work }] }],
            out: [{ x: 240, y: 40, wires: [{ id: work, port: 0 }] }],
          },
          { ...codeNode('return msg')(ids, work, []), z: definition },
          { ...ids.onTab, id: ids.first, type: `subflow:${definition}`, wires: [[ids.ack]] },
        ]
      },
    },
    {
      name: 'fan-out-joined',
      title: 'two branches, joined before the ack',
      work: (ids) => {
        return [
          codeNode('return msg')(ids, ids.first, [ids.id('one'), ids.id('other')]),
          branch(0, `type: 'array'`)(ids, ids.id('one'), [ids.id('join')]),
          branch(1, `type: 'array'`)(ids, ids.id('other'), [ids.id('join')]),
          join(ids, ids.id('join'), [ids.ack]),
        ]
      },
    },
    {
      name: 'fan-out-counted',
      title: 'two branches, whose messages say that they are parts of one',
      work: (ids) => {
        return [
          codeNode('return msg')(ids, ids.first, [ids.id('one'), ids.id('other')]),
          branch(0)(ids, ids.id('one'), [ids.ack]),
          branch(1)(ids, ids.id('other'), [ids.ack]),
        ]
      },
    },
    {
      name: 'complete',
      title: 'Complete of the last node, which has no output',
      work: (ids) => [
        codeNode('setTimeout(() => node.done(), Math.random() * 20)')(ids, ids.first),
        completeOf(ids, [ids.first], ids.ack),
      ],
    },
    {
      name: 'batch-as-one',
      title: 'batches, each acked as one',
      settings: { emit: 'batch', batchSize: '20', batchWait: '100', maxInFlight: '60' },
      work: (ids) => [
        codeNode('setTimeout(() => node.send(msg), Math.random() * 20)')(ids, ids.first, [ids.ack]),
      ],
    },
  ]
}

/** One of two branches that take differently long. */
function branch(index: number, forJoin = ''): ReturnType<typeof codeNode> {
  return codeNode(`
    msg.parts = { id: msg._msgid, index: ${index}, count: 2, ${forJoin} }
    setTimeout(() => node.send(msg), Math.random() * 300)`)
}

/** Most records that were in the flow at once. */
function mostWaiting(passed: readonly { readonly sink: string }[]): number {
  let most = 0
  let waiting = 0
  for (const { sink } of passed) {
    if (sink.endsWith('-records')) waiting++
    if (sink.endsWith('-ack')) waiting--
    most = Math.max(most, waiting)
  }
  return most
}
