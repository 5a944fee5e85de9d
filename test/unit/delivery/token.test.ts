import assert from 'node:assert/strict'
import { formatToken, parseToken, tokenPrefix, type Token } from '../../../lib/delivery/token'

function textOf(token: Token): string {
  return formatToken(tokenPrefix(token), token.recordNumber, token.attempt)
}

describe('delivery/token', () => {
  const token = {
    membership: '0a1b2c3d',
    shard: 3,
    assignment: 12,
    recordNumber: 2 ** 40,
    attempt: 2,
  }

  it('stays the same as text', () => {
    assert.deepEqual(parseToken(textOf(token)), token)
  })

  it('is not read from any other text', () => {
    for (const text of [
      '',
      'x',
      '1.2.3',
      'a1b2c3d4e5f60718',
      '0a1b.1.2.3.x',
      `${textOf(token)} `,
    ]) {
      assert.equal(parseToken(text), null, text)
    }
  })
})
