import assert from 'node:assert/strict'
import { proposedGroup } from '../../../lib/config/group-name'

const PLACE = { host: 'web1.example.com', flow: 'Flow 1', logstore: 'nginx-access' }

describe('config/group-name', () => {
  it('names host, flow and logstore', () => {
    assert.equal(proposedGroup(PLACE, []), 'web1-flow-1-nginx-access')
  })

  it('waits for the logstore, also behind a variable', () => {
    assert.equal(proposedGroup({ ...PLACE, logstore: '' }, []), '')
    assert.equal(proposedGroup({ ...PLACE, logstore: '${LOGSTORE}' }, []), '')
  })

  it('leaves out a part that has no legal character', () => {
    assert.equal(proposedGroup({ ...PLACE, flow: '订单' }, []), 'web1-nginx-access')
    assert.equal(proposedGroup({ ...PLACE, flow: '订单 Orders' }, []), 'web1-orders-nginx-access')
    assert.equal(proposedGroup({ ...PLACE, host: '' }, []), 'flow-1-nginx-access')
  })

  it('writes legal characters only, and not too many of them', () => {
    const long = { host: 'H'.repeat(80), flow: `${'a'.repeat(23)} b`, logstore: 'l.0' }
    const name = proposedGroup(long, [])
    assert.match(name, /^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?$/)
    assert.equal(name, `${'h'.repeat(20)}-${'a'.repeat(23)}-l-0`)
  })

  it('is the same each time, and another one beside nodes that have it', () => {
    assert.equal(proposedGroup(PLACE, []), proposedGroup(PLACE, ['other']))
    const taken = ['web1-flow-1-nginx-access', 'web1-flow-1-nginx-access-2']
    assert.equal(proposedGroup(PLACE, taken), 'web1-flow-1-nginx-access-3')
  })
})
