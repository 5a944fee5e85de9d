import {
  catchOf,
  codeNode,
  coreNode,
  csv,
  html,
  join,
  joinMessages,
  JOINED,
  listCode,
  split,
  type FlowCase,
} from '../../../tools/shared/integrity/flow-case'

/** So that there are commits between the first part and the last. */
const LATER = 'setTimeout(() => node.send(msg), Math.random() * 300)'

/** Flows that make several messages of one, or one of several. */
export function sequences(): readonly FlowCase[] {
  return [
    {
      name: 'split',
      title: 'Split without a Join: done when all parts are',
      work: (ids) => [
        split(ids, ids.first, [ids.id('work')]),
        codeNode(LATER)(ids, ids.id('work'), [ids.ack]),
      ],
    },
    {
      name: 'split-nested',
      title: 'Split behind a Split: done when all parts of all parts are',
      work: (ids) => [
        split(ids, ids.first, [ids.id('inner')]),
        coreNode('split', { splt: '6', spltType: 'len', arraySplt: 1, stream: false })(
          ids,
          ids.id('inner'),
          [ids.id('work')],
        ),
        codeNode(LATER)(ids, ids.id('work'), [ids.ack]),
      ],
    },
    {
      name: 'split-join',
      title: 'Split and Join',
      work: (ids) => [
        split(ids, ids.first, [ids.id('work')]),
        codeNode(LATER)(ids, ids.id('work'), [ids.id('join')]),
        join(ids, ids.id('join'), [ids.ack]),
      ],
    },
    {
      name: 'split-nested-join',
      title: 'two Splits and one Join: the outer parts are counted',
      work: (ids) => [
        split(ids, ids.first, [ids.id('inner')]),
        coreNode('split', { splt: '/', spltType: 'str', arraySplt: 1, stream: false })(
          ids,
          ids.id('inner'),
          [ids.id('work')],
        ),
        codeNode(LATER)(ids, ids.id('work'), [ids.id('join')]),
        join(ids, ids.id('join'), [ids.ack]),
      ],
    },
    {
      name: 'html',
      title: 'HTML with a message per element: done when all elements are',
      work: (ids) => [
        codeNode(listCode)(ids, ids.first, [ids.id('html')]),
        html(ids, ids.id('html'), [ids.id('work')]),
        codeNode(LATER)(ids, ids.id('work'), [ids.ack]),
      ],
    },
    {
      name: 'split-csv',
      title: 'Split at each line and CSV with a message per row: done when all rows are',
      work: (ids) => [
        codeNode(`return { ...msg, payload: msg.payload.split(' ').join('\\n') }`)(ids, ids.first, [
          ids.id('split'),
        ]),
        coreNode('split', { splt: '\\n', spltType: 'str', arraySplt: 1, stream: false })(
          ids,
          ids.id('split'),
          [ids.id('csv')],
        ),
        csv(ids, ids.id('csv'), [ids.id('work')]),
        codeNode(LATER)(ids, ids.id('work'), [ids.ack]),
      ],
    },
    {
      name: 'split-fails',
      title: 'Split of which a part fails: all parts come again',
      settings: { retryDelay: '100' },
      work: (ids) => [
        split(ids, ids.first, [ids.id('work')]),
        codeNode(`
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 20))
        if (msg.kafka.attempt === 1 && msg.parts.index === 1 && Math.random() < 0.1) {
          throw new Error('one part fails')
        }
        return msg`)(ids, ids.id('work'), [ids.ack]),
        catchOf(ids, [ids.id('work')], ids.nack),
      ],
    },
    {
      name: 'join',
      title: 'Join of messages of several records: one ack for all of their tokens',
      work: (ids) => [joinMessages(30, 0.5)(ids, ids.first, [ids.ack])],
      ...JOINED,
    },
    {
      name: 'join-fails',
      title: 'Join whose work fails for all that is in flight: it gathers the same records again',
      settings: { maxInFlight: '20', retryDelay: '100' },
      work: (ids) => [
        joinMessages(10)(ids, ids.first, [ids.id('work')]),
        codeNode(`
          const failures = context.get('failures') ?? 0
          if (failures === 2) return msg
          context.set('failures', failures + 1)
          throw new Error('not this time')`)(ids, ids.id('work'), [ids.ack]),
        catchOf(ids, [ids.id('work')], ids.id('failed')),
        ...ids.lane('failed', { action: 'nack', ...JOINED.ackSettings }),
      ],
      ...JOINED,
    },
    {
      name: 'batch-node',
      title: 'core Batch: its members are done together',
      work: (ids) => [
        coreNode('batch', { mode: 'count', count: '10', overlap: '0' })(ids, ids.first, [
          ids.id('work'),
        ]),
        codeNode(LATER)(ids, ids.id('work'), [ids.ack]),
      ],
    },
    {
      name: 'batch-node-interval',
      title: 'core Batch by time',
      work: (ids) => [
        coreNode('batch', { mode: 'interval', interval: '0.3', allowEmptySequence: false })(
          ids,
          ids.first,
          [ids.ack],
        ),
      ],
    },
    {
      name: 'batch-node-overlap',
      title: 'core Batch with an overlap: a member that is done already is counted all the same',
      work: (ids) => [
        coreNode('batch', { mode: 'count', count: '11', overlap: '2' })(ids, ids.first, [ids.ack]),
      ],
    },
    {
      name: 'batch-node-join',
      title: 'core Batch and Join of its messages: one ack for all of their tokens',
      work: (ids) => [
        coreNode('batch', { mode: 'count', count: '10', overlap: '0' })(ids, ids.first, [
          ids.id('join'),
        ]),
        joinMessages(10)(ids, ids.id('join'), [ids.ack]),
      ],
      ...JOINED,
    },
    {
      name: 'batch-split',
      title: 'batches that are split: done when every record of the batch is',
      settings: { emit: 'batch', batchSize: '20', batchWait: '100', maxInFlight: '60' },
      work: (ids) => [
        split(ids, ids.first, [ids.id('insert')]),
        codeNode(LATER)(ids, ids.id('insert'), [ids.ack]),
      ],
    },
  ]
}
