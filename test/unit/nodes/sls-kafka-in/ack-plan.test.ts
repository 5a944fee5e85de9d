import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryRoot } from '../../../../tools/shared/repository'
import { planAcks, type AckPlan } from '../../../../nodes/sls-kafka-in/editor/wiring/ack-plan'
import type { GraphNode } from '../../../../nodes/sls-kafka-in/editor/wiring/flow-graph'

const node = (id: string, wires: readonly string[][] = [[]], more = {}): GraphNode => ({
  id,
  type: 'change',
  z: 'tab',
  wires,
  ...more,
})
const consumer = (...to: string[]): GraphNode => node('in', [to], { type: 'sls-kafka-in' })
const ack = (id = 'ack', more = {}): GraphNode => node(id, [[]], { type: 'sls-kafka-ack', ...more })
const end = (id: string, type = 'mqtt out'): GraphNode => node(id, [], { type })
const debug = (id = 'debug'): GraphNode => end(id, 'debug')

/** All of the tab, with an ack node that says nack. */
const CATCH = node('catch', [['nack']], { type: 'catch', scope: null, uncaught: false })
const NACK = ack('nack')
const CAUGHT = [CATCH, NACK]

function plan(...nodes: readonly GraphNode[]): AckPlan {
  return planAcks([...nodes, { id: 'tab', type: 'tab' }], 'in', ['known out'])
}

/** Acks as `node:output`. */
function acks(...nodes: readonly GraphNode[]): string[] {
  return plan(...nodes).acks.flatMap(({ node: id, outputs }) => outputs.map((at) => `${id}:${at}`))
}

function places(...nodes: readonly GraphNode[]): string[] {
  return plan(...nodes).places.map(({ node: id, reason }) => `${id} ${reason}`)
}

/** Nothing is added, and one place is listed. */
function expectListed(place: string, ...nodes: readonly GraphNode[]): void {
  const found = plan(...nodes)
  assert.deepEqual(places(...nodes), [place])
  assert.deepEqual([found.acks, found.completes], [[], []])
}

describe('planAcks', () => {
  describe('at an output', () => {
    it('adds an ack behind the last node', () => {
      assert.deepEqual(acks(consumer('a'), node('a', [['b']]), node('b')), ['b:0'])
    })

    it('adds an ack to an sls in without a wire', () => {
      assert.deepEqual(acks(consumer()), ['in:0'])
    })

    it('adds no ack behind a Link call whose flow acknowledges', () => {
      const call = node('call', [[]], { type: 'link call', links: ['far'] })
      const far = node('far', [['work']], { type: 'link in' })
      assert.deepEqual(acks(consumer('call'), call, far, node('work', [['ack']]), ack()), [])
    })

    it('ends in a flow that goes round through a Join', () => {
      const round = [node('b', [['join']]), node('c', [['join']])]
      const join = node('join', [['b', 'c']], { type: 'join' })
      assert.deepEqual(acks(consumer('b', 'c'), ...round, join), [])
    })

    it('walks a Join once that two outputs of a Switch lead to', () => {
      const rules = [{ t: 'true' }, { t: 'else' }]
      const choice = node(
        'choice',
        [
          ['b', 'c'],
          ['b', 'c'],
        ],
        { type: 'switch', rules },
      )
      const join = node('join', [[]], { type: 'join' })
      const between = [node('b', [['join']]), node('c', [['join']])]
      assert.deepEqual(acks(consumer('choice'), choice, ...between, join), ['join:0'])
    })

    it('never takes a Debug node for an end', () => {
      assert.deepEqual(acks(consumer('debug'), debug()), ['in:0'])
      assert.deepEqual(acks(consumer('a', 'debug'), node('a', [['debug']]), debug()), ['a:0'])
    })

    it('follows junctions', () => {
      const junction = node('j', [['a', 'debug']], { type: 'junction' })
      assert.deepEqual(acks(consumer('j'), junction, node('a'), debug()), ['a:0'])
    })

    it('follows static links to other tabs', () => {
      const linked = [
        node('out', [], { type: 'link out', mode: 'link', links: ['far'] }),
        node('far', [['a']], { type: 'link in', z: 'other' }),
        node('a', [[]], { z: 'other' }),
      ]
      assert.deepEqual(acks(consumer('out'), ...linked), ['a:0'])
      assert.equal(plan(consumer('out'), ...linked).catches[0]?.flow, 'other')
    })

    it('lists a Link out that leads nowhere, or back to a Link call', () => {
      const open = node('out', [], { type: 'link out', links: ['gone'] })
      expectListed('out link-open', consumer('out'), open)
      const back = node('out', [], { type: 'link out', mode: 'return' })
      expectListed('out link-return', consumer('out'), back)
    })

    it('takes a Link call for one node', () => {
      const call = node('call', [[]], { type: 'link call', links: ['far'] })
      const called = [node('far', [['b']], { type: 'link in' }), node('b')]
      assert.deepEqual(acks(consumer('call'), call, ...called), ['call:0'])
    })

    it('takes a subflow instance for one node', () => {
      const instance = node('s', [[]], { type: 'subflow:template' })
      const inside = [{ id: 'template', type: 'subflow' }, node('x', [[]], { z: 'template' })]
      assert.deepEqual(acks(consumer('s'), instance, ...inside), ['s:0'])
    })

    it('adds nothing behind a subflow that has an ack node inside', () => {
      const instance = node('s', [[]], { type: 'subflow:template' })
      const inside = ack('x', { z: 'template' })
      assert.deepEqual(acks(consumer('s'), instance, inside), [])
    })

    it('lists a disabled node, and adds nothing in its place', () => {
      expectListed('a disabled', consumer('a'), node('a', [[]], { d: true }))
    })

    it('ends in a loop of wires', () => {
      const loop = [node('a', [['b']]), node('b', [['a']])]
      assert.deepEqual(acks(consumer('a'), ...loop), [])
    })
  })

  describe('where a message goes two ways', () => {
    const ways = (one: readonly string[][], other: readonly string[][]): GraphNode[] => [
      consumer('a', 'b'),
      node('a', one),
      node('b', other),
    ]

    it('adds nothing behind that point', () => {
      expectListed('in two-ways', ...ways([[]], [[]]))
    })

    it('sees it behind a junction too', () => {
      const junction = node('j', [['a', 'b']], { type: 'junction' })
      expectListed('in two-ways', consumer('j'), junction, node('a'), node('b'))
    })

    it('goes on along the one way that acknowledges', () => {
      const chosen = node('a', [[], ['ack']], { type: 'switch', rules: [{ t: 'else' }] })
      assert.deepEqual(acks(consumer('a', 'b'), chosen, node('b'), ack()), ['a:0'])
      assert.deepEqual(places(consumer('a', 'b'), chosen, node('b'), ack()), [])
    })

    it('lists two ways that both acknowledge', () => {
      expectListed('in two-acks', ...ways([['ack']], [['other']]), ack(), ack('other'))
    })

    it('lists an ack node that is wired beside the work', () => {
      expectListed('in ack-beside-work', consumer('ack', 'a'), ack(), node('a'))
    })

    it('goes on behind a Join that joins the ways', () => {
      const joined = [...ways([['j']], [['j']]), node('j', [[]], { type: 'join', mode: 'custom' })]
      assert.deepEqual(acks(...joined), ['j:0'])
      assert.deepEqual(places(...joined), [])
      assert.deepEqual(plan(...joined).catches[0]?.scope.toSorted(), ['a', 'b', 'j'])
    })

    it('takes ways for two if one of them does not lead to the Join', () => {
      const joined = [...ways([['j']], [['j'], []]), node('j', [[]], { type: 'join' })]
      expectListed('in two-ways', ...joined)
    })

    it('lists a node with several outputs, of which a message can take two', () => {
      const two = node('f', [['a'], ['b']], { type: 'function' })
      expectListed('f two-ways', consumer('f'), two, node('a'), node('b'))
    })

    it('goes on along the outputs of a Function that acknowledge', () => {
      const two = node('f', [['a'], ['ack']], { type: 'function' })
      const nodes = [consumer('f'), two, node('a'), ack()]
      expectListed('f some-outputs', ...nodes)
      const all = node('f', [['ack'], ['ack']], { type: 'function' })
      expectNothing(consumer('f'), all, ack())
    })
  })

  describe('at a Switch', () => {
    const otherwise = [{ t: 'eq', v: 'x', vt: 'str' }, { t: 'else' }]
    const sorting = (rules: unknown, more = {}): GraphNode =>
      node('s', [['a'], []], { type: 'switch', rules, checkall: 'true', ...more })

    it('adds an ack behind every output', () => {
      assert.deepEqual(acks(consumer('s'), sorting(otherwise), node('a')), ['a:0', 's:1'])
      assert.deepEqual(places(consumer('s'), sorting(otherwise), node('a')), [])
    })

    it('lists a Switch without "otherwise"', () => {
      const rules = otherwise.slice(0, 1)
      assert.deepEqual(places(consumer('s'), sorting(rules), node('a')), ['s no-otherwise'])
    })

    it('lists a Switch that can send a message at two outputs', () => {
      const rules = [{ t: 'gt' }, { t: 'lt' }, { t: 'else' }]
      assert.deepEqual(places(consumer('s'), sorting(rules)), ['s checks-all'])
      assert.deepEqual(places(consumer('s'), sorting(rules, { checkall: 'false' })), [])
    })

    it('takes rules for exclusive that compare with different constants, and null and not null', () => {
      const rules = [...otherwise, { t: 'eq', v: 'y', vt: 'str' }]
      assert.deepEqual(places(consumer('s'), sorting(rules)), [])
      assert.deepEqual(places(consumer('s'), sorting([{ t: 'null' }, { t: 'nnull' }])), [])
    })

    it('walks both outputs of the sls in', () => {
      const two = node('in', [[], ['a']], { type: 'sls-kafka-in' })
      assert.deepEqual(acks(two, node('a')), ['in:0', 'a:0'])
    })
  })

  describe('at a node that holds or drops messages', () => {
    it('lists a Filter, a Trigger and a Delay that drops, and goes on', () => {
      for (const [more, reason] of [
        [{ type: 'rbe' }, 'may-drop'],
        [{ type: 'delay', drop: true }, 'may-drop'],
        [{ type: 'trigger', op2type: 'str' }, 'sends-twice'],
      ] as const) {
        const nodes = [consumer('a'), node('a', [[]], more)]
        assert.deepEqual([places(...nodes), acks(...nodes)], [[`a ${reason}`], ['a:0']])
      }
    })

    it('lists a Batch, or a Join of several records', () => {
      for (const type of ['batch', 'join']) {
        expectListed('a gathers', consumer('a'), node('a', [[]], { type }))
      }
    })

    it('takes a Join behind a Split for one that joins parts', () => {
      const parts = [node('a', [['j']], { type: 'split' }), node('j', [[]], JOIN_PARTS)]
      assert.deepEqual(acks(consumer('a'), ...parts), ['j:0'])
    })
  })

  describe('at an end without an output', () => {
    const complete = (to: string[], more = {}): GraphNode =>
      node('c', [to], { type: 'complete', scope: ['e'], ...more })

    it('adds a Complete node for types that are known to complete', () => {
      assert.deepEqual(plan(consumer('e'), end('e')).completes, ['e'])
      assert.deepEqual(plan(consumer('e'), end('e', 'known out')).completes, ['e'])
    })

    it('lists a type that is not known to complete', () => {
      expectListed('e unknown-end', consumer('e'), end('e', 'other out'))
    })

    it('adds nothing behind a Complete node that leads to an ack node', () => {
      const nodes = [consumer('e'), end('e', 'other out'), complete(['ack']), ack(), ...CAUGHT]
      expectNothing(...nodes)
    })

    it('goes on behind a Complete node that does further work', () => {
      assert.deepEqual(acks(consumer('e'), end('e'), complete(['a']), node('a')), ['a:0'])
    })

    it('uses a Complete node of this end that is not wired', () => {
      assert.deepEqual(acks(consumer('e'), end('e'), complete([])), ['c:0'])
    })

    it('adds nothing behind a Complete node that observes other nodes too', () => {
      const shared = complete(['a'], { scope: ['e', 'x'] })
      expectListed('e shared-complete', consumer('e'), end('e'), shared, node('a'))
    })

    it('takes a Complete node for a further way of a node with an output', () => {
      const observing = complete(['b'], { scope: ['a'] })
      const nodes = [consumer('a'), node('a', [['x']]), node('x'), observing, node('b')]
      expectListed('a two-ways', ...nodes)
    })

    it('adds nothing at an output that a Complete node stands for', () => {
      const observing = complete(['ack'], { scope: ['a'] })
      expectNothing(consumer('a'), node('a'), observing, ack(), ...CAUGHT)
    })
  })

  describe('for errors', () => {
    const flow = [consumer('a'), node('a', [['b']]), node('b', [['ack']]), ack()]

    it('adds one Catch node for the nodes walked, and not for the sls in and ack nodes', () => {
      assert.deepEqual(plan(...flow).catches, [{ flow: 'tab', scope: ['a', 'b'], uncaught: [] }])
    })

    it('adds none if a Catch node leads to an ack node', () => {
      assert.deepEqual(plan(...flow, ...CAUGHT).catches, [])
    })

    it('takes no Catch node for uncaught errors into account whose errors another one handles', () => {
      const logging = { ...CATCH, id: 'logging', wires: [['debug']] }
      const uncaught = { ...CATCH, uncaught: true }
      assert.equal(plan(...flow, logging, uncaught, NACK, debug()).catches.length, 1)
      assert.deepEqual(plan(...flow, uncaught, NACK).catches, [])
    })

    it('leaves out the nodes whose errors reach an ack node already', () => {
      const one = { ...CATCH, scope: ['a'] }
      assert.deepEqual(plan(...flow, one, NACK).catches[0]?.scope, ['b'])
    })

    it('takes a Catch node that leads to no ack node for none', () => {
      const logging = { ...CATCH, wires: [['debug']] }
      assert.equal(plan(...flow, logging, debug()).catches.length, 1)
    })

    it('names a Catch node for uncaught errors, which no longer sees these', () => {
      const uncaught = { ...CATCH, uncaught: true, wires: [['debug']] }
      assert.deepEqual(plan(...flow, uncaught, debug()).catches[0]?.uncaught, ['catch'])
    })

    it('takes a Catch node of a group for the nodes of the group', () => {
      const grouped = [consumer('a'), node('a', [['ack']], { g: 'inner' }), ack()]
      const groups = [{ id: 'inner', type: 'group', g: 'outer' }]
      const catching = { ...CATCH, scope: 'group', g: 'outer' }
      assert.deepEqual(plan(...grouped, ...groups, catching, NACK).catches, [])
      const elsewhere = { ...CATCH, scope: 'group', g: 'other' }
      assert.equal(plan(...grouped, ...groups, elsewhere, NACK).catches.length, 1)
    })
  })

  describe('as a check', () => {
    it('finds nothing wrong with a flow that acknowledges', () => {
      const { faults } = plan(consumer('a'), node('a', [['ack']]), ack())
      assert.deepEqual(faults, { hasNoAck: false, ends: [] })
    })

    it('finds that no ack node can be reached', () => {
      const elsewhere = [node('x', [['ack']], { type: 'catch' }), ack()]
      assert.equal(
        plan(consumer('a', 'b'), node('a'), node('b'), ...elsewhere).faults.hasNoAck,
        true,
      )
    })

    it('finds the ends that are not acknowledged', () => {
      const rules = [{ t: 'eq' }, { t: 'else' }]
      const sorting = node('s', [['ack'], ['a']], { type: 'switch', rules })
      const { faults } = plan(consumer('s'), sorting, node('a'), ack())
      assert.deepEqual(faults, { hasNoAck: false, ends: ['a'] })
    })

    it('checks and adds nothing for a disabled sls in, or one in a subflow', () => {
      const off = { ...consumer('a'), d: true }
      assert.deepEqual(plan(off, node('a')).faults, { hasNoAck: false, ends: [] })
      const inside = { ...consumer('a'), z: 'template' }
      expectListed('in in-subflow', inside, node('a'), { id: 'template', type: 'subflow' })
    })

    it('is sure although an ack node inside a subflow has a wire', () => {
      const inside = [
        node('x', [['y']], { z: 'template' }),
        ack('y', { z: 'template' }),
        { id: 'template', type: 'subflow' },
      ]
      assert.equal(plan(consumer('a'), node('a'), ...inside).faults.hasNoAck, true)
    })

    it('is sure of nothing if an ack node gets its tokens in a way that wires do not show', () => {
      const later = [node('timer', [['ack']], { type: 'inject' }), ack()]
      assert.deepEqual(plan(consumer('a'), node('a'), ...later).faults, {
        hasNoAck: false,
        ends: [],
      })
    })
  })

  describe('for the examples', () => {
    const folder = join(repositoryRoot(), 'examples')
    for (const name of readdirSync(folder).filter((file) => file.endsWith('.json'))) {
      it(`finds nothing to add in ${name}`, () => {
        const nodes = JSON.parse(readFileSync(join(folder, name), 'utf8')) as GraphNode[]
        const acknowledged = nodes.filter(
          (saved) => saved.type === 'sls-kafka-in' && 'commit' in saved && saved.commit === 'onAck',
        )
        for (const { id } of acknowledged) {
          const found = planAcks(nodes, id)
          assert.deepEqual([found.acks, found.completes, found.places], [[], [], []])
        }
      })
    }
  })
})

const JOIN_PARTS = { type: 'join', mode: 'auto' }

function expectNothing(...nodes: readonly GraphNode[]): void {
  const { acks: added, completes, places: listed } = plan(...nodes)
  assert.deepEqual([added, completes, listed], [[], [], []])
}
