import assert from 'node:assert/strict'
import { ContractRig, lines, seen } from '../support/contract/contract-rig'
import type { RunningSource } from '../support/contract/running-source'

const LIFETIME_MS = 2_000
/** Longer than the silence that ends a connection. */
const LONG_REST_MS = 11_000

describe('contract: the connections of a member', () => {
  const rig = new ContractRig()

  /** Connections that have ended since the emulator started. */
  async function ended(): Promise<number> {
    const { open, total } = (await rig.emulator.state()).connections
    return total - open
  }

  /** Reads records one by one, until something has been seen. */
  async function readUntil(
    source: RunningSource,
    what: string,
    look: () => Promise<boolean>,
  ): Promise<string[]> {
    const written: string[] = []
    await seen(what, async () => {
      const line = String(written.length)
      written.push(line)
      await rig.append([line])
      await source.until(line, () => source.values().includes(line))
      return look()
    })
    return written
  }

  it('logins with a lifetime are renewed on the same connections', async () => {
    await rig.createLogstore(1)
    await rig.emulator.limitSessions(LIFETIME_MS)
    await rig.append(['first'])
    const source = rig.source()
    // By then the connections of the start have ended.
    await source.untilRecords(1)
    const { accepted } = (await rig.emulator.state()).logins
    const endedBefore = await ended()
    const members = (await rig.groupState())?.members
    const began = performance.now()
    const written = await readUntil(source, 'renewed logins', async () => {
      const { logins } = await rig.emulator.state()
      // Each of the connections has outlived several logins by then.
      const isLongEnough = performance.now() - began > 3 * LIFETIME_MS
      return isLongEnough && logins.accepted >= accepted + 4
    })
    assert.deepEqual(source.values(), ['first', ...written])
    assert.equal(await ended(), endedBefore)
    assert.deepEqual((await rig.groupState())?.members, members)
    assert.equal(source.assignments.length, 1)
  })

  it('a service without SaslAuthenticate is logged into with a bare token', async () => {
    await rig.createLogstore(1)
    await rig.emulator.limitVersions({ SaslAuthenticate: -1, SaslHandshake: 0 })
    await rig.append(['a'])
    const source = rig.source()
    await source.untilRecords(1)
    await source.stop()
    assert.deepEqual(await rig.committed(), source.positions)
  })

  it('a service that asks for a long rest keeps its member and its connections', async () => {
    await rig.createLogstore(1)
    await rig.append(['first'])
    const source = rig.source()
    // By then the connections of the start have ended.
    await source.untilRecords(1)
    const endedBefore = await ended()
    const members = (await rig.groupState())?.members
    await rig.emulator.throttle(LONG_REST_MS, { api: ['Fetch', 'Heartbeat'], times: 2 })
    await seen('both', async () => (await rig.faultsApplied())[0] === 2)
    await rig.append(['a'])
    await source.untilRecords(2)
    assert.equal(await ended(), endedBefore)
    assert.deepEqual((await rig.groupState())?.members, members)
    assert.equal(source.assignments.length, 1)
  })

  it('a service that throttles every response is read', async () => {
    await rig.createLogstore(2)
    const all = lines(100)
    for (const shard of [0, 1]) await rig.append(all, shard)
    await rig.emulator.throttle(100)
    const source = rig.source()
    await source.untilRecords(200)
    await source.stop()
    assert.deepEqual(await rig.committed(), source.positions)
    assert.equal(source.assignments.length, 1)
  })

  it('a member stays itself when all its connections break', async () => {
    await rig.createLogstore(1)
    const all = lines(200)
    await rig.append(all.slice(0, 100))
    const source = rig.source()
    await source.untilRecords(100)
    const members = (await rig.groupState())?.members
    await rig.emulator.killConnections()
    await rig.append(all.slice(100))
    await source.untilRecords(200)
    assert.deepEqual(source.values(), all)
    assert.deepEqual((await rig.groupState())?.members, members)
    assert.equal(source.assignments.length, 1)
  })
})
