import assert from 'node:assert/strict'
import { proposedGroup } from '../../../lib/config/group-name'

const PLACE = { host: 'web1.example.com', flow: 'Flow 1', logstore: 'nginx-access' }

describe('config/group-name', () => {
  it('names host, flow and logstore', () => {
    assert.equal(proposedGroup(PLACE, []), 'web1-flow-1-nginx-access')
  })

  it('is empty without a logstore, also while that is a variable', () => {
    assert.equal(proposedGroup({ ...PLACE, logstore: '' }, []), '')
    assert.equal(proposedGroup({ ...PLACE, logstore: '${LOGSTORE}' }, []), '')
  })

  it('leaves out a part that has no legal character', () => {
    assert.equal(proposedGroup({ ...PLACE, flow: '订单' }, []), 'web1-nginx-access')
    assert.equal(proposedGroup({ ...PLACE, flow: '订单 Orders' }, []), 'web1-orders-nginx-access')
    assert.equal(proposedGroup({ ...PLACE, host: '' }, []), 'flow-1-nginx-access')
  })

  it('uses legal characters only, and limits their number', () => {
    const long = { host: 'H'.repeat(80), flow: `${'a'.repeat(23)} b`, logstore: 'l.0' }
    const name = proposedGroup(long, [])
    assert.match(name, /^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?$/)
    assert.equal(name, `${'h'.repeat(20)}-${'a'.repeat(23)}-l-0`)
  })

  it('is the same each time, and differs from groups of other nodes', () => {
    assert.equal(proposedGroup(PLACE, []), proposedGroup(PLACE, ['other']))
    const taken = ['web1-flow-1-nginx-access', 'web1-flow-1-nginx-access-2']
    assert.equal(proposedGroup(PLACE, taken), 'web1-flow-1-nginx-access-3')
  })
})
