import assert from 'node:assert/strict'
import { guarded, reasonOf } from '../../lib/errors'

const broken = (): never => {
  throw new Error('a bug')
}

describe('guarded', () => {
  it('calls the function with its arguments', () => {
    const called: unknown[] = []
    const onError = (error: unknown): never => assert.fail(String(error))
    guarded(onError, (...args: [number, string]) => called.push(args))(1, 'a')
    assert.deepEqual(called, [[1, 'a']])
  })

  it('passes exceptions and rejections to the handler', async () => {
    const errors: unknown[] = []
    const onError = (error: unknown): void => void errors.push(String(error))
    guarded(onError, broken)()
    guarded(onError, () => Promise.reject(new Error('later')))()
    await new Promise((resolve) => setImmediate(resolve))
    assert.deepEqual(errors, ['Error: a bug', 'Error: later'])
  })
})

describe('reasonOf', () => {
  it('returns a text for any thrown value', () => {
    const unreadable = Object.defineProperty(new Error('x'), 'message', { get: broken })
    const notAnError = { code: 'D3030', message: 'of JSONata' }
    const thrown = [null, undefined, 7n, Symbol('s'), Object.create(null), unreadable, notAnError]
    assert.deepEqual(thrown.map(reasonOf), [
      'null',
      'undefined',
      '7',
      'Symbol(s)',
      'object',
      'object',
      'of JSONata',
    ])
  })
})
