import assert from 'node:assert/strict'
import type { NodeAPI } from 'node-red'
import { nodesBefore } from '../../../../nodes/sls-kafka-in/runtime/downstream-nodes'

type Saved = Readonly<Record<string, unknown>>

const node = (id: string, wires: string[] = [], more: Saved = {}): Saved => ({
  id,
  type: 'function',
  z: 'tab',
  wires: [wires],
  ...more,
})
const IN = node('in', ['a'])
const ACK = node('ack', [], { type: 'sls-kafka-ack' })

function before(...nodes: readonly Saved[]): string[] {
  const RED = {
    nodes: {
      eachNode: (callback: (node: Saved) => void) => {
        for (const saved of [IN, ACK, ...nodes]) callback(saved)
      },
    },
  }
  return [...nodesBefore(RED as unknown as NodeAPI, 'sls-kafka-ack', 'in')].sort()
}

describe('nodesBefore', () => {
  it('follows wires to the ack node, and leaves out what does not lead there', () => {
    const nodes = [
      node('a', ['b', 'debug']),
      node('b', ['ack']),
      node('debug'),
      node('other', ['ack']),
    ]
    assert.deepEqual(before(...nodes), ['a', 'ack', 'b'])
  })

  it('ends in a loop of wires', () => {
    assert.deepEqual(before(node('a', ['b']), node('b', ['a', 'ack'])), ['a', 'ack', 'b'])
  })

  it('follows Link out and Link call nodes', () => {
    const nodes = [
      node('a', [], { type: 'link out', links: ['in-1'] }),
      node('in-1', ['call'], { type: 'link in', z: 'other tab' }),
      node('call', ['ack'], { type: 'link call', links: ['in-2'] }),
      node('in-2', ['work'], { type: 'link in', z: 'third tab' }),
      node('work', ['ack']),
    ]
    assert.deepEqual(before(...nodes), ['a', 'ack', 'call', 'in-1', 'in-2', 'work'])
  })

  it('follows a dynamic Link call to every Link in', () => {
    const nodes = [
      node('a', ['ack'], { type: 'link call', linkType: 'dynamic' }),
      node('any', ['work'], { type: 'link in', z: 'other tab' }),
      node('work', ['ack']),
    ]
    assert.deepEqual(before(...nodes), ['a', 'ack', 'any', 'work'])
  })

  it('follows Complete nodes, and Catch nodes of the tab and of a list', () => {
    const nodes = [
      node('a'),
      node('complete', ['ack'], { type: 'complete', scope: ['a'] }),
      node('all', ['ack'], { type: 'catch', scope: null }),
      node('listed', ['ack'], { type: 'catch', scope: ['a'] }),
      node('unlisted', ['ack'], { type: 'catch', scope: ['other'] }),
      node('elsewhere', ['ack'], { type: 'catch', scope: null, z: 'other tab' }),
    ]
    assert.deepEqual(before(...nodes), ['a', 'ack', 'all', 'complete', 'listed'])
  })

  it('goes through a subflow', () => {
    const port = (id: string): Saved => ({ wires: [{ id }] })
    const nodes = [
      node('a', ['ack'], { type: 'subflow:sub' }),
      { id: 'sub', type: 'subflow', in: [port('inner')], out: [port('inner')] },
      node('inner', [], { z: 'sub' }),
    ]
    assert.deepEqual(before(...nodes), ['a', 'ack', 'inner', 'sub'])
  })
})
