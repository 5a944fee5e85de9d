import assert from 'node:assert/strict'
import { parseMonitorCommand } from '../../../../nodes/sls-monitor/runtime/command-request'

describe('command of the monitor', () => {
  const command = { id: 'n1', action: 'pause', partition: null }

  it('is parsed if the monitor sends it', () => {
    for (const action of ['pause', 'resume', 'skip']) {
      assert.deepEqual(parseMonitorCommand({ ...command, action }), { ...command, action })
    }
    assert.deepEqual(parseMonitorCommand({ ...command, partition: 3 }), {
      ...command,
      partition: 3,
    })
  })

  it('is refused in any other form', () => {
    const changes = [
      ...[{ action: 'stop' }, { action: 'seek' }, { action: 'status' }, { id: 7 }],
      ...[{ partition: -1 }, { partition: 1.5 }, { partition: '1' }, { partition: [1] }],
      ...[{ partition: undefined }, { offset: '5' }],
    ]
    const others = [null, 'pause', [], {}, ...changes.map((change) => ({ ...command, ...change }))]
    for (const body of others) assert.equal(parseMonitorCommand(body), null, JSON.stringify(body))
  })
})
