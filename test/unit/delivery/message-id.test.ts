import assert from 'node:assert/strict'
import { nextMessageId } from '../../../lib/delivery/message-id'

describe('delivery/message-id', () => {
  it('creates 16 hexadecimal digits that differ each time', () => {
    const ids = Array.from({ length: 1_000 }, nextMessageId)
    for (const id of ids) assert.match(id, /^[0-9a-f]{16}$/)
    assert.equal(new Set(ids).size, ids.length)
  })
})
