import assert from 'node:assert/strict'
import { compileWriterOptions, type WriterOptions } from '../../../lib/config/writer-options'
import { LogWriter } from '../../../lib/writer/log-writer'
import { LogWriters, type WriterRefusal } from '../../../lib/writer/log-writers'
import { PROJECT } from '../../../tools/shared/consumer-options'
import { ManualClock } from '../../support/manual-clock'

/** A writer that only says how much waits, and that it was closed. */
class QuietWriter extends LogWriter {
  buffered = 0
  written = 0
  isMissing = false
  isClosed = false

  constructor(options: WriterOptions, clock: ManualClock) {
    const ignore = (): void => undefined
    super(options, {
      ...{ clock, clientId: 'writer', name: 'writer' },
      ...{ onFailure: ignore, onWarning: ignore, onRecovered: ignore, onContained: ignore },
    })
  }

  override start(): void {
    // Connects to nothing.
  }

  override snapshot(): ReturnType<LogWriter['snapshot']> {
    const { buffered, written, isMissing } = this
    return { ...super.snapshot(), buffered, written, isMissing }
  }

  override close(): Promise<void> {
    this.isClosed = true
    return Promise.resolve()
  }
}

describe('writer/log-writers', () => {
  let clock: ManualClock
  let writers: LogWriters

  beforeEach(() => {
    clock = new ManualClock()
    writers = new LogWriters({
      clock,
      kept: 'kept-log',
      compile: (logstore) => compileWriterOptions({ logstore }, PROJECT),
      create: (options) => new QuietWriter(options, clock),
    })
  })

  afterEach(() => writers.close())

  function quiet(logstore: string): QuietWriter {
    const writer = writers.writerOf(logstore)
    return writer instanceof QuietWriter ? writer : assert.fail(`no writer for ${logstore}`)
  }

  function refusal(logstore: string): WriterRefusal {
    const writer = writers.writerOf(logstore)
    return writer instanceof LogWriter ? assert.fail(`a writer for ${logstore}`) : writer
  }

  const open = (): string[] => writers.snapshots().map(({ logstore }) => logstore)

  const ended = (): unknown[] =>
    writers.ended().map(({ logstore, counts: { written, failed } }) => [logstore, written, failed])

  it('have one writer for each logstore', () => {
    assert.equal(quiet('app-log'), quiet('app-log'))
    assert.notEqual(quiet('app-log'), quiet('other-log'))
  })

  it('refuse a name that is no logstore, and too many logstores', () => {
    assert.ok('problems' in refusal('No Name'))
    for (let number = 0; number < 50; number++) quiet(`log-${number}`)
    assert.deepEqual(refusal('one-more'), { most: 50 })
    assert.equal(quiet('log-7'), quiet('log-7'), 'known ones go on')
  })

  it('close a writer after a minute without messages, but not one that has logs or is kept', async () => {
    const [kept, idle, busy] = [quiet('kept-log'), quiet('idle-log'), quiet('busy-log')]
    busy.buffered = 1
    await clock.advance(59_000)
    assert.deepEqual(open(), ['kept-log', 'idle-log', 'busy-log'])
    await clock.advance(11_000)
    assert.deepEqual(open(), ['kept-log', 'busy-log'])
    assert.deepEqual([kept.isClosed, idle.isClosed, busy.isClosed], [false, true, false])
  })

  it('close a writer soon whose logstore does not exist, so that its status does not stay', async () => {
    quiet('no-such-log').isMissing = true
    await clock.advance(9_000)
    quiet('no-such-log')
    await clock.advance(9_000)
    assert.deepEqual(open(), ['no-such-log'])
    await clock.advance(10_000)
    assert.deepEqual(open(), [])
  })

  it('keep the counts of a closed writer, and add to them when it is opened again', async () => {
    quiet('idle-log').written = 3
    await clock.advance(70_000)
    assert.deepEqual(open(), [])
    assert.deepEqual(ended(), [['idle-log', 3, 0]])
    quiet('idle-log').written = 4
    assert.deepEqual(
      writers.snapshots().map(({ snapshot: { written } }) => written),
      [7],
    )
    assert.deepEqual(ended(), [])
    await clock.advance(70_000)
    assert.deepEqual(ended(), [['idle-log', 7, 0]])
  })

  it('sum the counts of the logstores that were closed before the last hundred', async () => {
    for (let turn = 0; turn < 3; turn++) {
      for (let number = 0; number < 40; number++) quiet(`log-${turn}-${number}`).written = 1
      await clock.advance(70_000)
    }
    assert.equal(ended().length, 101)
    assert.deepEqual(ended().at(0), ['log-0-20', 1, 0])
    assert.deepEqual(ended().at(-1), ['', 20, 0])
  })

  it('never lower the counts of a logstore that is written to again', async () => {
    quiet('busy-log').written = 3
    await clock.advance(70_000)
    for (let turn = 0; turn < 3; turn++) {
      for (let number = 0; number < 40; number++) quiet(`log-${turn}-${number}`)
      quiet('busy-log').buffered = 1
      await clock.advance(70_000)
    }
    const busy = writers.snapshots().find(({ logstore }) => logstore === 'busy-log')
    assert.equal(busy?.snapshot.written, 3)
  })

  it('count the logs of messages for which there is no writer', () => {
    writers.refused('SLS_CONFIG_INVALID', 2)
    writers.refused('SLS_RECORD_INVALID', 1)
    assert.deepEqual(ended(), [['', 0, 3]])
    const [{ counts } = assert.fail()] = writers.ended()
    assert.deepEqual(counts.errors, { SLS_CONFIG_INVALID: 2, SLS_RECORD_INVALID: 1 })
    assert.equal(counts.lastError?.code, 'SLS_RECORD_INVALID')
  })

  it('start no writer once they are closing, and leave no timer behind', async () => {
    const known = quiet('app-log')
    const closed = writers.close()
    assert.deepEqual(refusal('other-log'), { isClosing: true })
    assert.equal(quiet('app-log'), known, 'it counts what comes too late')
    await closed
    assert.equal(known.isClosed, true)
    assert.equal(clock.pending, 0)
  })
})
