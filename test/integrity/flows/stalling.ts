import {
  codeNode,
  coreNode,
  csv,
  html,
  joinMessages,
  JOINED,
  listCode,
  split,
  type FlowCase,
} from '../../../tools/shared/integrity/flow-case'

/** Flows that cannot work, because something never reaches the ack node. */
export function stalling(): readonly FlowCase[] {
  return [
    {
      name: 'function-null',
      title: 'Function that returns null',
      work: (ids) => [
        codeNode('return msg.payload.includes("7") ? msg : null')(ids, ids.first, [ids.ack]),
      ],
    },
    {
      name: 'switch-without-otherwise',
      title: 'Switch without "otherwise"',
      work: (ids) => [
        coreNode('switch', {
          property: 'payload',
          propertyType: 'msg',
          rules: [{ t: 'cont', v: '7', vt: 'str' }],
          checkall: 'true',
          outputs: 1,
        })(ids, ids.first, [ids.ack]),
      ],
    },
    {
      name: 'filter',
      title: 'Filter, also called report by exception',
      work: (ids) => [
        coreNode('rbe', { func: 'rbe', inout: 'out', property: 'topic', septopics: true })(
          ids,
          ids.first,
          [ids.ack],
        ),
      ],
    },
    {
      name: 'delay-drops',
      title: 'Delay that drops messages',
      work: (ids) => [
        coreNode('delay', {
          pauseType: 'rate',
          rate: '1',
          nbRateUnits: '1',
          rateUnits: 'minute',
          drop: true,
          outputs: 1,
        })(ids, ids.first, [ids.ack]),
      ],
    },
    {
      name: 'join-of-more',
      title: 'Join of more records than may be in flight',
      work: (ids) => [joinMessages(50)(ids, ids.first, [ids.ack])],
      ...JOINED,
    },
    {
      name: 'join-without-tokens',
      title: 'Join of several records whose ack node takes the token of the last one only',
      work: (ids) => [joinMessages(2)(ids, ids.first, [ids.ack])],
    },
    {
      name: 'split-of-nothing',
      title: 'Split of an empty array, which has no parts that could be acked',
      work: (ids) => [
        codeNode('return { ...msg, payload: [] }')(ids, ids.first, [ids.id('split')]),
        split(ids, ids.id('split'), [ids.ack]),
      ],
    },
    {
      name: 'split-stream',
      title: 'Split of a stream, whose parts cannot be counted',
      work: (ids) => [
        coreNode('split', { splt: ' ', spltType: 'str', arraySplt: 1, stream: true })(
          ids,
          ids.first,
          [ids.ack],
        ),
      ],
      told: ['SLS_PARTS_UNCOUNTED'],
    },
    {
      name: 'split-batch-node',
      title: 'Split whose parts go through a core Batch, which numbers them again',
      work: (ids) => [
        split(ids, ids.first, [ids.id('batch')]),
        coreNode('batch', { mode: 'count', count: '3', overlap: '0' })(ids, ids.id('batch'), [
          ids.ack,
        ]),
      ],
      told: ['SLS_PARTS_UNCOUNTED'],
    },
    {
      name: 'split-csv-rows',
      title: 'Split whose parts have several rows for a CSV node, which numbers none of them',
      work: (ids) => [
        codeNode(`return { ...msg, payload: '1,a\\n9,b 1,c\\n9,d' }`)(ids, ids.first, [
          ids.id('split'),
        ]),
        split(ids, ids.id('split'), [ids.id('csv')]),
        csv(ids, ids.id('csv'), [ids.ack]),
      ],
      told: ['SLS_PARTS_UNCOUNTED'],
    },
    {
      name: 'split-html',
      title: 'Split whose parts go through an HTML node, which numbers its elements instead',
      work: (ids) => [
        codeNode(`return { ...msg, payload: '<li>a</li><li>b</li> <li>c</li>' }`)(ids, ids.first, [
          ids.id('split'),
        ]),
        split(ids, ids.id('split'), [ids.id('html')]),
        html(ids, ids.id('html'), [ids.ack]),
      ],
      told: ['SLS_PARTS_UNCOUNTED'],
    },
    {
      name: 'html-batch-node',
      title: 'HTML whose elements go through a core Batch, which numbers them again',
      work: (ids) => [
        codeNode(listCode)(ids, ids.first, [ids.id('html')]),
        html(ids, ids.id('html'), [ids.id('batch')]),
        coreNode('batch', { mode: 'count', count: '2', overlap: '0' })(ids, ids.id('batch'), [
          ids.ack,
        ]),
      ],
      told: ['SLS_PARTS_UNCOUNTED'],
    },
    {
      name: 'split-switch-repair',
      title: 'Split whose parts a Switch divides into sequences of its own',
      work: (ids) => [
        codeNode(`return { ...msg, payload: '1 2 1 2' }`)(ids, ids.first, [ids.id('split')]),
        split(ids, ids.id('split'), [ids.id('switch')]),
        coreNode('switch', {
          property: 'payload',
          propertyType: 'msg',
          rules: [{ t: 'eq', v: '1', vt: 'str' }, { t: 'else' }],
          checkall: 'true',
          repair: true,
          outputs: 2,
        })(ids, ids.id('switch'), [ids.ack], [ids.ack]),
      ],
      told: ['SLS_PARTS_UNCOUNTED'],
    },
    {
      name: 'token-lost',
      title: 'Split, and a Change that deletes msg.kafka: nothing tells the record any more',
      work: (ids) => [
        split(ids, ids.first, [ids.id('change')]),
        coreNode('change', { rules: [{ t: 'delete', p: 'kafka', pt: 'msg' }] })(
          ids,
          ids.id('change'),
          [ids.ack],
        ),
      ],
      told: ['SLS_TOKEN_MISSING'],
    },
  ]
}
