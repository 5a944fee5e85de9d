import assert from 'node:assert/strict'
import type { Kind, MemberAction } from '../../../tools/chaos/action'
import { planOf, type Step } from '../../../tools/chaos/plan'

const KINDS: Readonly<Record<Kind, true>> = {
  'redeploy-full': true,
  'redeploy-nodes': true,
  'redeploy-flows': true,
  leave: true,
  crash: true,
  drop: true,
  'half-open': true,
  outage: true,
  expire: true,
  split: true,
  merge: true,
  error: true,
}
const MEMBERS = 3
const SHARDS = 4
const MINUTE_MS = 60_000

const plan = (seed: number, minutes = 1): Step[] =>
  planOf({ seed, ms: minutes * MINUTE_MS, members: MEMBERS, shards: SHARDS })
const kindsOf = (steps: readonly Step[]): Set<Kind> =>
  new Set(steps.map(({ action }) => action.kind))

describe('chaos plan', () => {
  it('is the same for the same seed, and another one for another', () => {
    assert.deepEqual(plan(7), plan(7))
    assert.notDeepEqual(plan(7), plan(8))
  })

  it('has every kind of action in three minutes, and most of them in one', () => {
    for (let seed = 0; seed < 50; seed++) {
      assert.deepEqual([...kindsOf(plan(seed, 3))].sort(), Object.keys(KINDS).sort())
      assert.ok(kindsOf(plan(seed)).size >= Object.keys(KINDS).length - 2, `seed ${seed}`)
    }
  })

  it('goes on to the end, in order, and leaves some peace there', () => {
    const times = plan(1, 3).map(({ at }) => at)
    assert.deepEqual(
      times,
      times.toSorted((a, b) => a - b),
    )
    assert.ok(times.length > 60)
    const last = times.at(-1) ?? 0
    assert.ok(last > 2.5 * MINUTE_MS && last <= 3 * MINUTE_MS - 8_000)
  })

  it('makes the group rejoin last, so that also the newest shards are seen', () => {
    assert.equal(plan(1).at(-1)?.action.kind, 'redeploy-full')
  })

  it('does nothing to a process that is away', () => {
    const awayUntil = new Map<number, number>()
    for (const { at, action } of plan(3, 30).slice(0, -1)) {
      if (!('member' in action)) continue
      const { member } = action satisfies MemberAction
      assert.ok(at >= (awayUntil.get(member) ?? 0))
      if ('awayMs' in action) awayUntil.set(member, at + action.awayMs)
    }
    assert.deepEqual([...awayUntil.keys()].sort(), [0, 1, 2])
  })

  it('ends no process that is to last, and all kinds of action still happen', () => {
    const steps = planOf({
      seed: 3,
      ms: 30 * MINUTE_MS,
      members: MEMBERS,
      shards: SHARDS,
      lasting: 2,
    })
    const ended = steps.flatMap(({ action }) => ('awayMs' in action ? [action.member] : []))
    assert.deepEqual([...new Set(ended)], [2])
    assert.deepEqual([...kindsOf(steps)].sort(), Object.keys(KINDS).sort())
    const redeployed = steps.flatMap(({ action }) => ('member' in action ? [action.member] : []))
    assert.deepEqual([...new Set(redeployed)].sort(), [0, 1, 2])
  })

  it('splits and merges only shards that are there and writable, and not without end', () => {
    const writable = new Set(Array.from({ length: SHARDS }, (_, id) => id))
    let count = SHARDS
    for (const { action } of plan(5, 30)) {
      if (action.kind === 'split') {
        assert.ok(writable.delete(action.shard))
        writable.add(count++).add(count++)
      }
      if (action.kind === 'merge') {
        assert.ok(writable.delete(action.shard) && writable.delete(action.other))
        writable.add(count++)
      }
    }
    assert.ok(writable.size >= 2 && count > 10 && count <= 24)
  })
})
