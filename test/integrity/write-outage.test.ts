import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import type { LogWriter } from '../../lib/writer/log-writer'
import type { WriteResult } from '../../lib/writer/write-call'
import { startEmulator, type RunningEmulator } from '../../tools/emulator/process'
import { brokerOf } from '../../tools/shared/broker'
import { openLogWriter } from '../../tools/shared/log-writer'
import { endedAfterEach } from '../support/suite'
import { figures, megabytes } from './support/figures'
import { inFull, itInFull } from './support/full'
import { difference, storedIn } from './support/stored'
import { heapUsed } from '../support/heap'

const LOGSTORE = 'target'
const LOGS_PER_SECOND = 200
const LOG_BYTES = 200
const STEADY_MS = 2_000
const OUTAGE_MS = inFull(45_000, 10_000)
/** The longest backoff, and the time of a connection. */
const RECOVERY_MS = 20_000
/** For an outage and the backoff after it; the default, 10,000, lasts 50 s. */
const BUFFER_RECORDS = ((OUTAGE_MS + RECOVERY_MS) / 1000) * LOGS_PER_SECOND
/** Of each log in the buffer: its text, and the objects of its call. */
const BYTES_PER_BUFFERED_LOG = 3_000
/** What the test runner itself may need meanwhile. */
const OTHER_BYTES = 8_000_000

describe('an outage of the service while logs are written', function () {
  this.timeout(180_000)
  const resources = endedAfterEach()

  it(`of ${OUTAGE_MS / 1000} s loses no log and changes no order, in bounded memory`, async () => {
    const { emulator, load, writer, reports } = await startLoad()
    const before = heapUsed()
    await emulator.close()
    await delay(OUTAGE_MS)
    const { buffered } = writer.snapshot()
    const grown = heapUsed() - before
    await emulator.open()
    const opened = Date.now()
    await assertReady(writer)
    const recovered = Date.now() - opened
    const shown = await load.end()
    figures(`writing, gone for ${OUTAGE_MS / 1000} s`, {
      ...{ ...shown, buffered, 'heap grown': megabytes(grown) },
      ...{ 'ms to write again': recovered, reports },
    })
    assert.deepEqual(shown, { written: load.texts.length, refused: 0, lost: 0, 'out of order': 0 })
    assert.ok(grown < buffered * BYTES_PER_BUFFERED_LOG + OTHER_BYTES)
    const isLong = OUTAGE_MS > 10_000
    if (isLong) assert.deepEqual(reports, ['SLS_UNREACHABLE', 'recovered'])
  })

  itInFull('by half-open connections loses no log and changes no order', async () => {
    const { emulator, load, writer } = await startLoad()
    await emulator.freezeConnections()
    await delay(STEADY_MS)
    await assertReady(writer)
    const shown = await load.end()
    figures('writing, half-open connections', shown)
    assert.deepEqual(shown, { written: load.texts.length, refused: 0, lost: 0, 'out of order': 0 })
  })

  interface Traffic {
    readonly emulator: RunningEmulator
    readonly writer: LogWriter
    readonly reports: readonly string[]
    readonly load: Load
  }

  /** A writer that has been at work for some time. */
  async function startLoad(): Promise<Traffic> {
    const emulator = await resources.started(startEmulator({ logstores: { [LOGSTORE]: 4 } }))
    const settings = { logstore: LOGSTORE, order: 'shard', bufferRecords: BUFFER_RECORDS }
    const { writer, reports } = openLogWriter(emulator, settings)
    const load = new Load(writer, emulator)
    resources.onEnd(async () => {
      load.stop()
      await writer.close()
    })
    await delay(STEADY_MS)
    return { emulator, writer, reports, load }
  }

  async function assertReady(writer: LogWriter): Promise<void> {
    while (writer.snapshot().buffered > LOGS_PER_SECOND / 10) await delay(50)
    assert.equal(writer.snapshot().state.name, 'ready')
  }
})

/** Writes logs at a steady rate. */
class Load {
  readonly texts: string[] = []
  readonly #writer: LogWriter
  readonly #emulator: RunningEmulator
  readonly #results: Promise<WriteResult>[] = []
  readonly #began = Date.now()
  readonly #timer: NodeJS.Timeout

  constructor(writer: LogWriter, emulator: RunningEmulator) {
    this.#writer = writer
    this.#emulator = emulator
    this.#timer = setInterval(() => {
      this.#write()
    }, 20)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  /** Stops, and waits for the results of all logs. */
  async end(): Promise<Readonly<Record<string, number>>> {
    this.stop()
    const results = await Promise.all(this.#results)
    const refused = results.filter(({ error }) => error !== null).length
    const stored = await storedIn(brokerOf(this.#emulator), LOGSTORE)
    const { lost, outOfOrder } = difference(this.texts, stored)
    return {
      written: results.length - refused,
      ...{ refused, lost: lost.length, 'out of order': outOfOrder },
    }
  }

  #write(): void {
    const due = ((Date.now() - this.#began) / 1000) * LOGS_PER_SECOND
    while (this.texts.length < due) {
      const text = `log ${this.texts.length} `.padEnd(LOG_BYTES, '.')
      this.texts.push(text)
      this.#results.push(this.#writer.write(text))
    }
  }
}
