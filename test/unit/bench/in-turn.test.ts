import assert from 'node:assert/strict'
import { allInTurn, inTurn } from '../../../tools/bench/measure/in-turn'

describe('bench/in-turn', () => {
  it('measures one after the other, and another one first in each round', async () => {
    for (const [round, order] of ['abc', 'bca', 'cab', 'abc'].entries()) {
      const called: string[] = []
      const measures = ['a', 'b', 'c'].map((name, index) => async () => {
        called.push(name)
        await Promise.resolve()
        return index
      })
      assert.deepEqual(await allInTurn(round, measures), [0, 1, 2])
      assert.equal(called.join(''), order)
    }
  })

  it('measures ours first in even rounds', async () => {
    for (const [round, order] of ['or', 'ro', 'or'].entries()) {
      const called: string[] = []
      const measure = (name: string, figure: number) => () => {
        called.push(name)
        return Promise.resolve(figure)
      }
      const pair = await inTurn(round, measure('o', 1), measure('r', 2))
      assert.deepEqual(pair, { ours: 1, reference: 2 })
      assert.equal(called.join(''), order)
    }
  })
})
