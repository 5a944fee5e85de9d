import assert from 'node:assert/strict'
import {
  additionOf,
  type Addition,
  type Box,
} from '../../../../nodes/sls-kafka-in/editor/wiring/addition'

const BOXES: Readonly<Record<string, Box>> = {
  a: { z: 'tab', x: 200, y: 100, w: 120 },
  b: { z: 'other', x: 200, y: 300, w: 120 },
}
const NOTHING = { acks: [], completes: [], catches: [] }

function added(plan: object, more: Readonly<Record<string, Box>> = {}): Addition {
  let count = 0
  const boxes = new Map(Object.entries({ ...BOXES, ...more }))
  return additionOf({ ...NOTHING, ...plan }, boxes, () => `new-${(count += 1)}`)
}

describe('additionOf', () => {
  it('wires outputs to one ack node on the tab of their node', () => {
    const { nodes, links } = added({ acks: [{ node: 'b', outputs: [0, 2] }] })
    assert.deepEqual(
      nodes.map(({ type, z, action }) => [type, z, action]),
      [['sls-kafka-ack', 'other', 'ack']],
    )
    assert.deepEqual(links, [
      { from: 'b', output: 0, to: 'new-1' },
      { from: 'b', output: 2, to: 'new-1' },
    ])
  })

  it('makes an ack node with all properties that its dialog saves', () => {
    const [node] = added({ acks: [{ node: 'a', outputs: [0] }] }).nodes
    assert.deepEqual(
      { ...node, x: 0, y: 0 },
      {
        ...{ id: 'new-1', type: 'sls-kafka-ack', z: 'tab', x: 0, y: 0, version: 1, name: '' },
        ...{ action: 'ack', token: 'kafka.token', tokenType: 'msg', wires: [[]] },
      },
    )
  })

  it('puts a Complete node with an ack node behind an end', () => {
    const { nodes, links } = added({ completes: ['a'] })
    const [ack, complete] = nodes
    assert.deepEqual([complete?.['scope'], complete?.wires], [['a'], [[ack?.id]]])
    assert.deepEqual(links, [])
  })

  it('puts a Catch node directly in front of an ack node that says nack', () => {
    const { nodes } = added({ catches: [{ flow: 'tab', scope: ['a'], uncaught: [] }] })
    const [nack, caught] = nodes
    assert.deepEqual(
      [caught?.type, caught?.['scope'], caught?.wires],
      ['catch', ['a'], [[nack?.id]]],
    )
    assert.equal(nack?.['action'], 'nack')
  })

  it('lays no node over another one of the tab', () => {
    const taken = { x: 380, y: 100, w: 120 }
    const place = (z: string): number | undefined =>
      added({ acks: [{ node: 'a', outputs: [0] }] }, { c: { ...taken, z } }).nodes[0]?.y
    assert.equal(place('other'), 100)
    assert.equal(place('tab'), 140)
  })
})
