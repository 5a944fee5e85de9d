import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { systemClock, type Clock } from '../../../lib/clock'
import { compileProjectOptions } from '../../../lib/config/project-options'
import { compileWriterOptions } from '../../../lib/config/writer-options'
import { LogWriter } from '../../../lib/writer/log-writer'
import type { WriteResult } from '../../../lib/writer/write-call'
import type { Emulator } from '../../../tools/emulator/emulator'
import { parseFault, type FaultDescription } from '../../../tools/emulator/faults/parse-fault'
import { valid } from '../../../tools/shared/consumer-options'
import { ManualClock } from '../../support/manual-clock'
import { storedOf } from '../../support/stored-logs'
import { numbered } from '../../support/writer-rig'
import { startEndpoint } from '../emulator/support/endpoint'

const LOGSTORE = 'app-log'

describe('writer/log-writer on the emulator', () => {
  let endpoint: Emulator
  let writer: LogWriter
  let reports: string[]

  async function start(
    settings: Readonly<Record<string, unknown>> = {},
    { flags = [], clock = systemClock, secret }: StartOptions = {},
  ): Promise<void> {
    endpoint = await startEndpoint(['--logstore', `${LOGSTORE}:4`, ...flags])
    const { access, certificate, listener } = endpoint
    const project = compileProjectOptions(
      {
        project: access.projectName,
        bootstrap: `localhost:${listener.port}`,
        accessKeyId: access.accessKey.id,
        accessKeySecret: secret ?? access.accessKey.secret,
      },
      { ca: certificate.ca },
      {},
    )
    reports = []
    const options = valid(compileWriterOptions({ logstore: LOGSTORE, ...settings }, valid(project)))
    writer = new LogWriter(options, {
      clock,
      clientId: 'writer',
      name: 'writer',
      onFailure: ({ code }) => reports.push(code),
      onWarning: ({ code }) => reports.push(code),
      onRecovered: () => reports.push('recovered'),
      onContained: (error) => {
        throw error
      },
    })
    writer.start()
  }

  interface StartOptions {
    readonly flags?: readonly string[]
    readonly clock?: Clock
    readonly secret?: string
  }

  afterEach(async () => {
    await writer.close()
    await endpoint.stop()
  })

  const fail = (description: FaultDescription): void => {
    endpoint.faults.add(parseFault(description))
  }

  function stored(): string[] {
    return storedOf(endpoint, LOGSTORE)
  }

  async function assertWritten(writing: readonly Promise<WriteResult>[]): Promise<void> {
    for (const { written, count, error } of await Promise.all(writing)) {
      assert.equal(error, null)
      assert.equal(written, count)
    }
  }

  for (const nodes of [1, 2]) {
    for (const error of ['NOT_LEADER_FOR_PARTITION', 'KAFKA_STORAGE_ERROR', 'POLICY_VIOLATION']) {
      it(`writes each log once with ${nodes} brokers, although one shard answers ${error}`, async () => {
        await start({ maxBatchRecords: 5 }, { flags: ['--nodes', String(nodes)] })
        await assertWritten([writer.write('first')])
        fail({ kind: 'error', error, api: 'Produce', shard: 1, times: 1 })
        const writing = Array.from({ length: 10 }, (_, call) =>
          writer.write(numbered(10, `call ${call}`)),
        )
        await assertWritten(writing)
        const expected = Array.from({ length: 10 }, (_, call) => numbered(10, `call ${call}`))
        assert.deepEqual(stored().sort(), ['first', ...expected.flat()].sort())
      })
    }
  }

  it('writes each log once although the leaders of two shards change', async () => {
    await start({ maxBatchRecords: 5 }, { flags: ['--nodes', '2'] })
    await assertWritten([writer.write(numbered(100, 'before'))])
    endpoint.switches.change({ nodes: 1 })
    await assertWritten([writer.write(numbered(100, 'after'))])
    const expected = [...numbered(100, 'before'), ...numbered(100, 'after')]
    assert.deepEqual(stored().sort(), expected.sort())
  })

  it('writes fields that come back as they were, compressed or not', async () => {
    for (const compression of ['gzip', 'none']) {
      await start({ compression })
      const values = Array.from({ length: 20 }, (_, n) => ({ n, text: 'GET /', more: { a: [1] } }))
      const { shards } = await writer.write(values)
      assert.deepEqual(Object.values(shards), [{ count: 20, offset: '6717046784' }])
      const [first = ''] = stored()
      assert.deepEqual(JSON.parse(first), { n: '0', text: 'GET /', more: '{"a":[1]}' })
      if (compression === 'gzip') {
        await writer.close()
        await endpoint.stop()
      }
    }
  })

  it('keeps logs through an outage, and writes them in order when it is over', async () => {
    await start({ order: 'shard' })
    const writing = [writer.write('first')]
    await assertWritten(writing)
    await endpoint.listener.close()
    for (let each = 0; each < 200; each++) {
      writing.push(writer.write(`log ${each}`))
      if (each % 10 === 0) await delay(5)
    }
    assert.ok(writer.snapshot().buffered > 100)
    await endpoint.listener.open()
    await assertWritten(writing)
    // The request under way when the connection broke can be there twice.
    assert.deepEqual([...new Set(stored())], ['first', ...numbered(200)])
    assert.equal(writer.snapshot().state.name, 'ready')
  })

  it('splits what is too large for the service, and lets a single large log fail alone', async () => {
    await start()
    endpoint.switches.change({ writeLimits: { logs: 4_096, bytes: 20_000 } })
    const texts = numbered(1_000).map((text) => text.padEnd(100, '.'))
    const values = [...texts]
    values.splice(613, 0, 'x'.repeat(30_000))
    const { written, count, error } = await writer.write(values)
    assert.deepEqual([written, count, error?.code], [1_000, 1_001, 'SLS_RECORD_TOO_LARGE'])
    assert.deepEqual(stored().sort(), texts.sort())
  })

  it('lets a log fail alone that the service would refuse with all others', async () => {
    await start({}, { flags: ['--write-limits', 'sls'] })
    const values: unknown[] = numbered(999)
    values.push({ ['x'.repeat(129)]: 1 })
    const { written, error } = await writer.write(values)
    assert.deepEqual([written, error?.params['reasonKey']], [999, 'field-name'])
    const old = await writer.write('a', Date.now() - 8 * 86_400_000)
    assert.equal(old.error?.params['reasonKey'], 'time-range')
    assert.deepEqual(stored().sort(), numbered(999).sort())
  })

  it('writes through a slow uplink on one connection', async () => {
    await start({ compression: 'none', order: 'shard' })
    await assertWritten([writer.write('first')])
    const { connections } = endpoint.counters
    endpoint.switches.change({ inboundBytesPerSecond: 200_000 })
    const began = Date.now()
    const texts = numbered(300).map((text) => text.padEnd(1_000, '.'))
    await assertWritten([writer.write(texts)])
    assert.ok(Date.now() - began >= 1_400, '300 kB at 200 kB/s')
    assert.equal(endpoint.counters.connections, connections)
    assert.deepEqual(stored(), ['first', ...texts])
  })

  it('keeps to what a shard takes, and writes each log once, in order', async () => {
    await start({ order: 'shard', maxBatchRecords: 10 }, { flags: ['--shard-rate', '10000'] })
    const texts = numbered(300).map((text) => text.padEnd(60, '.'))
    await assertWritten([writer.write(texts)])
    assert.deepEqual(stored(), texts)
    const { Produce = 0 } = endpoint.counters.requestsByApi
    assert.ok(Produce > 30, 'the shard has refused some of the 30 batches at first')
  })

  it('writes logs again whose response was lost, so that they can be there twice', async () => {
    await start({ order: 'shard' })
    await assertWritten([writer.write('first')])
    fail({ kind: 'drop', api: 'Produce', times: 1 })
    const writing = writer.write('second')
    while (stored().length < 2) await delay(5)
    endpoint.listener.killConnections()
    await assertWritten([writing])
    assert.deepEqual(stored(), ['first', 'second', 'second'])
  })

  it('leaves no connection behind when it is closed while a request is under way', async () => {
    await start()
    await assertWritten([writer.write('first')])
    fail({ kind: 'delay', api: 'Produce', ms: 300 })
    const writing = Array.from({ length: 50 }, (_, each) => writer.write(`log ${each}`))
    await writer.close()
    await assertWritten(writing)
    while (endpoint.listener.openConnections > 0) await delay(5)
    const { connections } = endpoint.counters
    assert.equal((await writer.write('late')).error?.code, 'SLS_UNWRITTEN')
    assert.equal(endpoint.counters.connections, connections)
    assert.equal(stored().length, 51)
  })

  it('asks for at most 5 logins in 30 s with a wrong AccessKey, and reports it once', async () => {
    const clock = new ManualClock()
    await start({}, { clock, secret: 'wrong' })
    void writer.write('a')
    const endMs = clock.monotonic() + 30_000
    while (clock.monotonic() < endMs) {
      await clock.advance(250)
      // A login takes a few milliseconds of real time.
      await delay(10)
    }
    const { refusedLogins } = endpoint.counters
    assert.ok(refusedLogins >= 3 && refusedLogins <= 5, `${refusedLogins} logins`)
    assert.deepEqual(reports, ['SLS_AUTH_FAILED'])
    const closed = writer.close()
    await clock.advance(6_000)
    await closed
  })
})
