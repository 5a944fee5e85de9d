import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import type { LogWriter } from '../../lib/writer/log-writer'
import {
  startEmulator,
  type RunningEmulator,
  type StartOptions,
} from '../../tools/emulator/process'
import { brokerOf } from '../../tools/shared/broker'
import { openLogWriter } from '../../tools/shared/log-writer'
import { endedAfterEach } from '../support/suite'
import { figures } from './support/figures'
import { inFull } from './support/full'
import { difference, storedIn } from './support/stored'

const LOGSTORE = 'target'
const SHARDS = 4
const LOGS = 100
const MIB = 1_048_576
const UPLINK_BYTES_PER_SECOND = 80_000
/** Bytes of one log for the slow uplink. */
const LARGE_LOG_BYTES = 1_000
/** One batch takes 13 s, which is longer than a connection may be silent. */
const UPLINK_BATCHES = inFull(3, 1)
const WRONG_KEY_MS = inFull(30_000, 8_000)
const MAX_LOGINS = 5

describe('writing while the service refuses', function () {
  this.timeout(120_000)
  const resources = endedAfterEach()

  async function start(
    settings: Readonly<Record<string, unknown>> = {},
    options: StartOptions = {},
  ): Promise<{ emulator: RunningEmulator; writer: LogWriter; reports: readonly string[] }> {
    const logstores = { [LOGSTORE]: SHARDS }
    const emulator = await resources.started(startEmulator({ logstores, ...options }))
    const opened = openLogWriter(emulator, { logstore: LOGSTORE, ...settings })
    resources.onEnd(() => opened.writer.close())
    return { emulator, ...opened }
  }

  for (const nodes of [1, 2]) {
    it(`loses and repeats no log on ${nodes} brokers, when one shard of ${SHARDS} refuses a batch`, async () => {
      const flags = ['--nodes', String(nodes)]
      const { emulator, writer } = await start({ maxBatchRecords: LOGS / SHARDS }, { flags })
      await writer.write('first')
      for (const error of ['NOT_LEADER_FOR_PARTITION', 'KAFKA_STORAGE_ERROR'] as const) {
        const texts = ['first', ...numbered(LOGS, error)]
        await emulator.failRequests(error, { api: 'Produce', shard: 1, times: 1 })
        const { written } = await writer.write(numbered(LOGS, error))
        const stored = await storedIn(brokerOf(emulator), LOGSTORE)
        const { lost, twice } = difference(texts, stored)
        figures(`writing on ${nodes} brokers, one shard answers ${error}`, {
          ...{ written, lost: lost.length, twice },
        })
        assert.deepEqual({ written, lost, twice }, { written: LOGS, lost: [], twice: 0 })
      }
    })
  }

  it('loses and repeats no log when a shard refuses a batch and its leader moves meanwhile', async () => {
    const flags = ['--nodes', '2']
    const { emulator, writer } = await start({ maxBatchRecords: LOGS / SHARDS }, { flags })
    await writer.write('first')
    await emulator.failRequests('NOT_LEADER_FOR_PARTITION', { api: 'Produce', shard: 1, times: 1 })
    const writing = writer.write(numbered(LOGS, 'moved'))
    // The other broker has answered for its own shards by then.
    for (let shard = 0; shard < SHARDS; shard++) await emulator.moveLeader(LOGSTORE, shard, 1)
    const { written } = await writing
    const { requests } = await emulator.traffic()
    assert.equal(requests['Produce']?.failing, 1, 'a shard has refused a batch')
    const stored = await storedIn(brokerOf(emulator), LOGSTORE)
    const { lost, twice } = difference(['first', ...numbered(LOGS, 'moved')], stored)
    figures('writing, one shard fails and all leaders move', { written, lost: lost.length, twice })
    assert.deepEqual({ written, lost, twice }, { written: LOGS, lost: [], twice: 0 })
  })

  it('writes 999 logs of a message in which one is bad, and reports the bad one', async () => {
    const { emulator, writer } = await start({}, { flags: ['--write-limits', 'sls'] })
    const texts = numbered(999, 'good')
    const values: unknown[] = [
      ...texts.slice(0, 500),
      { ['x'.repeat(129)]: 1 },
      ...texts.slice(500),
    ]
    const { written, unwritten, error } = await writer.write(values)
    const { lost, twice } = difference(texts, await storedIn(brokerOf(emulator), LOGSTORE))
    figures('one bad log among 999', { written, unwritten, lost: lost.length, twice })
    assert.deepEqual([written, unwritten, error?.code], [999, [500], 'SLS_RECORD_INVALID'])
    assert.deepEqual({ lost, twice }, { lost: [], twice: 0 })
  })

  it('splits a batch that is too large for the service, and reports the one log that is', async () => {
    const settings = { maxBatchBytes: 3 * MIB, maxBatchRecords: 4_096, compression: 'none' }
    const { emulator, writer } = await start(settings, { flags: ['--write-limits', 'sls'] })
    await writer.write('first')
    await emulator.limitWrites({ logs: 100, bytes: 100_000 })
    const texts = numbered(1_000, 'fits')
    const values = [...texts.slice(0, 613), 'x'.repeat(200_000), ...texts.slice(613)]
    const { written, unwritten, error } = await writer.write(values)
    const huge = await writer.write('y'.repeat(MIB + 1))
    const stored = await storedIn(brokerOf(emulator), LOGSTORE)
    const { lost, twice } = difference(['first', ...texts], stored)
    const { requests } = await emulator.traffic()
    figures('a batch that is too large', {
      ...{ written, unwritten, lost: lost.length, twice, requests: requests['Produce']?.total },
    })
    assert.deepEqual([written, unwritten, error?.code], [1_000, [613], 'SLS_RECORD_TOO_LARGE'])
    assert.equal(huge.error?.code, 'SLS_RECORD_TOO_LARGE')
    assert.deepEqual({ lost, twice }, { lost: [], twice: 0 })
  })

  it('refuses what does not fit into the buffer, and writes all that was accepted', async () => {
    const { emulator, writer } = await start({ bufferRecords: LOGS, order: 'shard' })
    await writer.write('first')
    await emulator.close()
    const texts = numbered(3 * LOGS, 'buffer')
    const writing = texts.map((text) => writer.write(text))
    assert.equal(writer.snapshot().isFull, true)
    await emulator.open()
    const results = await Promise.all(writing)
    const accepted = texts.filter((_, index) => results[index]?.error === null)
    const refused = results.filter(({ error }) => error?.code === 'SLS_BUFFER_FULL').length
    const stored = await storedIn(brokerOf(emulator), LOGSTORE)
    const { lost, outOfOrder } = difference(['first', ...accepted], stored)
    figures('a full buffer', {
      ...{ offered: texts.length, accepted: accepted.length, refused, lost: lost.length },
    })
    assert.deepEqual(accepted, texts.slice(0, LOGS), 'the newest are refused')
    assert.equal(refused, 2 * LOGS)
    assert.deepEqual({ lost, outOfOrder }, { lost: [], outOfOrder: 0 })
    assert.deepEqual(new Set(stored), new Set(['first', ...accepted]), 'nothing else is stored')
  })

  it(`writes through an uplink of ${UPLINK_BYTES_PER_SECOND / 1000} kB/s on one connection`, async () => {
    const settings = { maxBatchBytes: MIB, maxBatchRecords: 4_096, compression: 'none' }
    const { emulator, writer, reports } = await start({ ...settings, order: 'shard' })
    await writer.write('first')
    await emulator.limitInboundBandwidth(UPLINK_BYTES_PER_SECOND)
    const before = (await emulator.traffic()).connections.total
    const count = Math.ceil((UPLINK_BATCHES * MIB) / LARGE_LOG_BYTES)
    const texts = numbered(count, 'slow').map((text) => text.padEnd(LARGE_LOG_BYTES, '.'))
    const began = Date.now()
    const { written } = await writer.write(texts)
    const seconds = (Date.now() - began) / 1000
    const connections = (await emulator.traffic()).connections.total - before
    await emulator.limitInboundBandwidth(null)
    const { lost, twice } = difference(
      ['first', ...texts],
      await storedIn(brokerOf(emulator), LOGSTORE),
    )
    figures('a slow uplink', {
      ...{ bytes: count * LARGE_LOG_BYTES, seconds, written, lost: lost.length, twice },
      ...{ 'new connections': connections, reports },
    })
    assert.deepEqual({ written, lost, twice }, { written: count, lost: [], twice: 0 })
    assert.equal(connections, 0)
    assert.deepEqual(reports, [])
  })

  it(`asks for at most ${MAX_LOGINS} logins in ${WRONG_KEY_MS / 1000} s with a wrong AccessKey, and writes with the right one`, async () => {
    const { emulator, writer, reports } = await start()
    await writer.write('first')
    const { accessKeyId, accessKeySecret } = emulator
    await emulator.setAccessKey(accessKeyId, 'changed')
    await emulator.killConnections()
    const writing = writer.write('second')
    await delay(WRONG_KEY_MS)
    const { total } = (await emulator.traffic()).refusedLogins
    await emulator.setAccessKey(accessKeyId, accessKeySecret)
    const { written } = await writing
    figures(`writing with a wrong AccessKey for ${WRONG_KEY_MS / 1000} s`, {
      ...{ logins: total, written, reports },
    })
    assert.ok(total >= 1 && total <= MAX_LOGINS, `${total} logins`)
    assert.equal(written, 1)
    assert.deepEqual(reports, ['SLS_AUTH_FAILED', 'recovered'])
  })
})

function numbered(count: number, name: string): string[] {
  return Array.from({ length: count }, (_, index) => `${name} ${index}`)
}
