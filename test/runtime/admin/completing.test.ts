import assert from 'node:assert/strict'
import { startNodeRed, type FlowNode } from '../../../tools/shared/node-red'
import { endedAfterAll } from '../../support/suite'

const node = (type: string): FlowNode => ({ id: type, type, z: 'tab', x: 100, y: 100, wires: [[]] })

describe('the route of the dialog of sls in for types that complete', () => {
  const resources = endedAfterAll()

  it('lists deployed types whose nodes say when they are done, and no other', async () => {
    const flows = [{ id: 'tab', type: 'tab' }, node('json'), node('switch'), node('inject')]
    const nodeRed = await resources.started(startNodeRed({ flows }))
    const response = await nodeRed.request('/sls-kafka-in/completing', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '{}',
    })
    assert.equal(response.status, 200)
    const { types } = JSON.parse(await response.text()) as { types: string[] }
    assert.deepEqual(
      ['json', 'switch', 'function'].map((type) => types.includes(type)),
      [true, false, false],
    )
  })
})
