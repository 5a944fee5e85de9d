import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ExampleRig, LOGSTORE, SHARDS } from './support/example-rig'

const MINUTE = 60_000
const TEN = Date.UTC(2026, 10, 21, 2)
const ELEVEN = TEN + 60 * MINUTE

describe('example 15: what happened yesterday at 10', () => {
  const rig = ExampleRig.forAll()

  const variables = {
    FROM: '2026-11-21T10:00:00+08:00',
    UNTIL: '2026-11-21T11:00:00+08:00',
    QUIET_SECONDS: '2',
  }

  /** A log of each shard, received when it says. */
  async function write(time: number, log: Readonly<Record<string, string>>): Promise<void> {
    for (let shard = 0; shard < SHARDS; shard++) {
      await rig.emulator.append(LOGSTORE, [log], { shard, time, receiveTime: time })
    }
  }

  async function stopped(): Promise<unknown> {
    const [answer] = await rig.arrivedAt('stopped', 1)
    const [{ action, ok } = {}] = (answer?.payload ?? []) as { action?: string; ok?: boolean }[]
    return { action, ok }
  }

  it('writes the rows of the window, all of them and no others, and stops', async () => {
    await write(TEN - 1, { content: 'too early' })
    await write(TEN, { content: 'first, "支付"' })
    await write(TEN + MINUTE, { method: 'GET', status: '502' })
    await write(ELEVEN - 1, { content: 'last' })
    await write(ELEVEN, { content: 'too late' })
    await rig.deployReading('15', { variables })
    assert.deepEqual(await stopped(), { action: 'stop', ok: true })

    const file = await readFile(join(rig.nodeRed.userDir, 'yesterday.csv'), 'utf8')
    const [header, ...rows] = file.trimEnd().split('\r\n')
    assert.equal(header, 'time,shard,offset,log')
    assert.deepEqual(
      rows.map((row) => row.replace(/Z,(\d),\d+,/, 'Z,$1,offset,')).sort(),
      [
        ['2026-11-21T02:00:00.000Z', '"first, ""支付"""'],
        ['2026-11-21T02:01:00.000Z', '"{""method"":""GET"",""status"":""502""}"'],
        ['2026-11-21T02:59:59.999Z', 'last'],
      ].flatMap(([time, log]) => [0, 1].map((shard) => `${time},${shard},offset,${log}`)),
    )
    const { groups } = await rig.emulator.state()
    assert.deepEqual(
      groups.map(({ members }) => members),
      [[]],
    )
    assert.deepEqual(rig.at('problems'), [])
  })

  it('stops also when the window is empty', async () => {
    await write(TEN - MINUTE, { content: 'too early' })
    await rig.deployReading('15', { variables })
    assert.deepEqual(await stopped(), { action: 'stop', ok: true })
    assert.deepEqual(rig.at('rows written'), [])
  })
})
