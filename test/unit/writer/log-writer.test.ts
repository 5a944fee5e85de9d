import assert from 'node:assert/strict'
import { SlsKafkaError } from '../../../lib/errors'
import type { WriteResult } from '../../../lib/writer/write-call'
import { LOGSTORE, numbered, WriterRig } from '../../support/writer-rig'

const UNKNOWN_TOPIC = 3
const NOT_LEADER = 6
const TOO_LARGE = 10
const UNAUTHORIZED = 29
const POLICY_VIOLATION = 44
const STORAGE_ERROR = 56
const INVALID_RECORD = 87

describe('writer/log-writer', () => {
  let rig: WriterRig

  async function start(
    settings: Readonly<Record<string, unknown>> = {},
    shards = 4,
  ): Promise<void> {
    rig = await new WriterRig(settings, shards).start()
  }

  afterEach(async () => {
    await rig.close()
    assert.equal(rig.state, 'closed')
    assert.equal(rig.clock.pending, 0)
  })

  /** `written of count, code of the error`. */
  async function outcomeOf(writing: Promise<WriteResult>): Promise<string> {
    const { written, count, error } = await writing
    return `${written} of ${count}, ${error?.code ?? 'no error'}`
  }

  it('tells a call when its log is stored, in which shard and at which offset', async () => {
    await start({}, 1)
    const first = await rig.write('one')
    assert.deepEqual(first, {
      count: 1,
      written: 1,
      unwritten: [],
      shards: { 0: { count: 1, offset: '0' } },
      error: null,
    })
    assert.deepEqual((await rig.write(['two', 'three'])).shards, { 0: { count: 2, offset: '1' } })
    assert.deepEqual(rig.texts, ['one', 'two', 'three'])
  })

  it('reports the holes of an array as logs without content, and writes the others', async () => {
    await start({}, 1)
    const values: string[] = ['one']
    values[2] = 'three'
    const { count, unwritten, error } = await rig.write(values)
    assert.deepEqual([count, unwritten, error?.code], [3, [1], 'SLS_RECORD_INVALID'])
    assert.deepEqual(rig.texts, ['one', 'three'])
  })

  it('fills batches while a request is under way, and sends the first log at once', async () => {
    await start({}, 1)
    rig.isHeld = true
    const writing = numbered(2_500).map((text) => rig.writer.write(text))
    await rig.clock.settle()
    await rig.answerAll()
    await Promise.all(writing)
    assert.deepEqual(rig.sizes, [1_000, 1_000, 500])
    assert.deepEqual(rig.texts, numbered(2_500))
  })

  it('waits for more logs as long as linger says, and not once a batch is full', async () => {
    await start({ linger: 200, maxBatchRecords: 3 })
    const writing = rig.writer.write('one')
    await rig.clock.advance(199)
    assert.deepEqual(rig.sizes, [])
    await rig.clock.advance(1)
    assert.deepEqual(rig.sizes, [1])
    await writing
    await rig.write(numbered(3))
    assert.deepEqual(rig.sizes, [1, 3])
  })

  it('limits a batch by its bytes', async () => {
    await start({ maxBatchBytes: 1_024 }, 1)
    rig.isHeld = true
    const writing = rig.writer.write(new Array(5).fill('x'.repeat(500)))
    await rig.clock.settle()
    await rig.answerAll()
    await writing
    assert.deepEqual(rig.sizes, [2, 2, 1])
  })

  it('spreads batches over all shards, in turn', async () => {
    await start()
    for (let turn = 0; turn < 8; turn++) await rig.write(`log ${turn}`)
    assert.deepEqual([...rig.stored.keys()].sort(), [0, 1, 2, 3])
    assert.deepEqual(
      [...rig.stored.values()].map(({ length }) => length),
      [2, 2, 2, 2],
    )
  })

  it('writes objects to the topic for JSON and texts to the logstore', async () => {
    await start({ order: 'shard' })
    rig.isHeld = true
    void rig.writer.write(['a', { n: 1 }, { n: 2 }, 'b'])
    await rig.clock.settle()
    await rig.answerAll()
    const topics = rig.cluster.requests('Produce').map(({ topics: [topic] }) => topic?.name)
    assert.deepEqual(topics, [LOGSTORE, `${LOGSTORE}.json`, LOGSTORE])
    assert.deepEqual(rig.texts, ['a', '{"n":"1"}', '{"n":"2"}', 'b'])
  })

  for (const nodes of [1, 2]) {
    describe(`with ${nodes} brokers, writes 100 logs once each, although`, () => {
      const leaders = [1, nodes, 1, nodes]

      /** Ten calls of ten logs each, and their outcomes. */
      async function writeHundred(): Promise<void> {
        const writing = Array.from({ length: 10 }, (_, call) =>
          rig.writer.write(numbered(10, `call ${call}`)),
        )
        await rig.clock.advance(5_000)
        for (const outcome of writing) assert.equal(await outcomeOf(outcome), '10 of 10, no error')
        const expected = Array.from({ length: 10 }, (_, call) => numbered(10, `call ${call}`))
        assert.deepEqual(rig.texts.sort(), expected.flat().sort())
      }

      async function startSpread(): Promise<void> {
        rig = new WriterRig({ maxBatchRecords: 5 })
        rig.lead(leaders)
        await rig.start()
      }

      for (const [name, code] of [
        ['a leader has moved', NOT_LEADER],
        ['a shard fails', STORAGE_ERROR],
        ['a shard takes nothing', POLICY_VIOLATION],
      ] as const) {
        it(`${name} once`, async () => {
          await startSpread()
          let left = 1
          rig.judge = (shard) => (shard === 1 && left-- > 0 ? code : 0)
          await writeHundred()
        })
      }

      it('a shard takes nothing for good', async () => {
        await startSpread()
        rig.judge = (shard) => (shard === 1 ? POLICY_VIOLATION : 0)
        await writeHundred()
        assert.equal(rig.stored.has(1), false)
        assert.deepEqual(rig.writer.snapshot().leftOutShards, [1])
        assert.deepEqual(rig.reports, [], 'another shard takes what it refuses')
      })

      it('the leader of two shards changes under way', async () => {
        await startSpread()
        rig.isHeld = true
        const writing = rig.writer.write(numbered(40))
        await rig.clock.settle()
        rig.lead([1, 1, 1, 1])
        rig.judge = (_shard, _texts, nodeId) => (nodeId === 1 ? 0 : NOT_LEADER)
        await rig.answerAll()
        await rig.clock.advance(5_000)
        assert.equal(await outcomeOf(writing), '40 of 40, no error')
        assert.deepEqual(rig.texts.sort(), numbered(40).sort())
      })
    })
  }

  it('leaves a shard that takes nothing out for a minute', async () => {
    await start({}, 2)
    rig.judge = (shard) => (shard === 0 ? POLICY_VIOLATION : 0)
    await rig.write('a')
    rig.judge = () => 0
    for (let turn = 0; turn < 5; turn++) await rig.write('b')
    assert.equal(rig.stored.has(0), false)
    await rig.clock.advance(60_000)
    for (let turn = 0; turn < 2; turn++) await rig.write('c')
    assert.equal(rig.stored.has(0), true)
  })

  it('writes logs again whose response was lost, so that they can be there twice', async () => {
    await start({}, 1)
    let isLost = true
    rig.judge = (_shard, texts) => {
      if (!isLost) return 0
      isLost = false
      rig.stored.set(0, [...texts])
      throw new Error('the connection broke')
    }
    const writing = rig.writer.write('a')
    await rig.clock.advance(300)
    assert.equal(await outcomeOf(writing), '1 of 1, no error')
    assert.deepEqual(rig.texts, ['a', 'a'])
  })

  describe('with the order shard', () => {
    /** Refuses every third batch, each in another way. */
    function refuseSome(): void {
      let turn = 0
      const codes = [0, STORAGE_ERROR, NOT_LEADER, 0, TOO_LARGE]
      rig.judge = (_shard, texts) => {
        const code = codes[turn++ % codes.length] ?? 0
        return code === TOO_LARGE && texts.length === 1 ? 0 : code
      }
    }

    it('keeps the order through refusals, splits and lost connections', async () => {
      await start({ order: 'shard', maxBatchRecords: 7 })
      refuseSome()
      const judge = rig.judge
      let requests = 0
      rig.judge = (shard, texts, nodeId) => {
        if (++requests % 4 === 0) throw new Error('the connection broke')
        return judge(shard, texts, nodeId)
      }
      const writing = numbered(100).map((text) => rig.writer.write(text))
      await rig.clock.advance(600_000)
      await Promise.all(writing)
      assert.equal(rig.stored.size, 1, 'one shard')
      assert.deepEqual(rig.texts, numbered(100))
    })

    it('lets later logs wait while a batch waits for its backoff', async () => {
      await start({ order: 'shard' })
      let code = STORAGE_ERROR
      rig.judge = () => code
      const first = rig.writer.write('first')
      await rig.clock.settle()
      code = 0
      const second = rig.writer.write('second')
      await rig.clock.advance(200)
      assert.deepEqual(rig.texts, [])
      await rig.clock.advance(100)
      await Promise.all([first, second])
      assert.deepEqual(rig.texts, ['first', 'second'])
    })

    it('stays at one shard while that fails, and leaves it when it takes nothing any more', async () => {
      await start({ order: 'shard' })
      await rig.write('a')
      const [home = -1] = rig.stored.keys()
      let code = STORAGE_ERROR
      rig.judge = (shard) => (shard === home ? code : 0)
      const writing = rig.writer.write('b')
      await rig.clock.advance(30_000)
      assert.deepEqual([...rig.stored.keys()], [home])
      code = POLICY_VIOLATION
      await rig.clock.advance(15_000)
      await writing
      assert.equal(rig.stored.size, 2)
      assert.deepEqual(rig.texts, ['a', 'b'])
    })
  })

  it('splits a batch that is too large until the one large log fails alone', async () => {
    await start({}, 2)
    rig.judge = (_shard, texts) => (texts.includes('log 613') ? TOO_LARGE : 0)
    const writing = rig.writer.write(numbered(1_000))
    await rig.clock.settle()
    assert.equal(await outcomeOf(writing), '999 of 1000, SLS_RECORD_TOO_LARGE')
    assert.equal(rig.texts.length, 999)
    assert.equal(new Set(rig.texts).size, 999)
  })

  it('finds a log that the service takes for invalid, and lets it fail alone', async () => {
    await start({}, 2)
    rig.judge = (_shard, texts) => (texts.includes('log 7') ? INVALID_RECORD : 0)
    const writing = rig.writer.write(numbered(20))
    await rig.clock.settle()
    const { written, error } = await writing
    assert.deepEqual([written, error?.code], [19, 'SLS_WRITE_REFUSED'])
    assert.match(String(error?.params['detail']), /^INVALID_RECORD: /)
    assert.deepEqual([error?.params['written'], error?.params['count']], [19, 20])
  })

  it('lets an invalid log fail before it is sent, and writes the 999 others', async () => {
    await start()
    const values: unknown[] = numbered(999)
    values.splice(500, 0, { __time__: 1 })
    const { written, error } = await rig.write(values)
    assert.deepEqual([written, error?.code], [999, 'SLS_RECORD_INVALID'])
    assert.equal(rig.texts.length, 999)
    assert.equal(
      rig.sizes.reduce((sum, size) => sum + size, 0),
      999,
      'it was never sent',
    )
  })

  it('refuses a batch for good when no shard has taken it for a minute', async () => {
    await start({}, 2)
    rig.judge = () => POLICY_VIOLATION
    const writing = rig.writer.write('a')
    await rig.clock.advance(59_999)
    assert.equal(rig.writer.snapshot().buffered, 1)
    await rig.clock.advance(15_001)
    assert.equal(await outcomeOf(writing), '0 of 1, SLS_WRITE_REFUSED')
    assert.deepEqual(rig.reports, ['SLS_SERVICE_ERROR'])
  })

  it('begins that minute again after a time without responses', async () => {
    await start({}, 1)
    rig.judge = () => POLICY_VIOLATION
    const writing = rig.writer.write('a')
    await rig.clock.settle()
    rig.judge = () => {
      throw new Error('broken')
    }
    await rig.clock.advance(70_000)
    rig.judge = () => POLICY_VIOLATION
    await rig.clock.advance(20_000)
    assert.equal(rig.writer.snapshot().buffered, 1)
    rig.judge = () => 0
    await rig.clock.advance(15_000)
    assert.equal(await outcomeOf(writing), '1 of 1, no error')
  })

  it('refuses all logs of a call that does not fit into the buffer', async () => {
    await start({ bufferRecords: 10 })
    rig.isHeld = true
    const first = rig.writer.write(numbered(8))
    const second = rig.writer.write(numbered(3))
    assert.equal(await outcomeOf(second), '0 of 3, SLS_BUFFER_FULL')
    const third = rig.writer.write(numbered(2))
    assert.equal(rig.writer.snapshot().isFull, true)
    await rig.clock.settle()
    await rig.answerAll()
    assert.equal(await outcomeOf(first), '8 of 8, no error')
    assert.equal(await outcomeOf(third), '2 of 2, no error')
    const { buffered, bufferedBytes, written, failed } = rig.writer.snapshot()
    assert.deepEqual([buffered, bufferedBytes, written, failed], [0, 0, 10, 3])
    await rig.clock.advance(10_000)
    assert.equal(rig.writer.snapshot().isFull, false)
  })

  it('limits the bytes of the buffer', async () => {
    await start({ bufferBytes: 1_048_576 })
    rig.isHeld = true
    const first = rig.writer.write('x'.repeat(1_000_000))
    assert.equal(await outcomeOf(rig.writer.write('y'.repeat(50_000))), '0 of 1, SLS_BUFFER_FULL')
    await rig.clock.settle()
    await rig.answerAll()
    assert.equal(await outcomeOf(first), '1 of 1, no error')
  })

  it('lets a log fail that waits for longer than the timeout allows', async () => {
    await start({ writeTimeout: 30 })
    rig.judge = () => STORAGE_ERROR
    const first = rig.writer.write('a')
    await rig.clock.advance(20_000)
    const second = rig.writer.write('b')
    await rig.clock.advance(12_000)
    const { error } = await first
    assert.equal(error?.code, 'SLS_WRITE_TIMEOUT')
    assert.deepEqual([error.params['seconds'], error.params['detail']], [30, 'SLS_SERVICE_ERROR'])
    rig.judge = () => 0
    await rig.clock.advance(15_000)
    assert.equal(await outcomeOf(second), '1 of 1, no error')
    assert.deepEqual(rig.texts, ['b'])
  })

  it('writes logs of the buffer after the wall clock was put back by an hour', async () => {
    await start()
    rig.judge = () => {
      throw new Error('connection lost')
    }
    const written = rig.writer.write('a')
    await rig.clock.settle()
    rig.clock.shiftWallTime(-3_600_000)
    rig.judge = () => 0
    await rig.clock.advance(1_000)
    assert.equal(await outcomeOf(written), '1 of 1, no error')
    assert.deepEqual(rig.texts, ['a'])
  })

  it('lets a log fail that has become too old for SLS in the buffer', async () => {
    await start({}, 1)
    rig.judge = () => STORAGE_ERROR
    const old = rig.writer.write('old', rig.clock.now() - 7 * 86_400_000 + 5_000)
    await rig.clock.settle()
    const young = rig.writer.write('young')
    await rig.clock.advance(6_000)
    rig.judge = () => 0
    await rig.clock.advance(15_000)
    assert.equal(await outcomeOf(old), '0 of 1, SLS_RECORD_INVALID')
    assert.equal(await outcomeOf(young), '1 of 1, no error')
  })

  describe('while the service cannot be reached', () => {
    it('keeps all logs, tells the cause once, and writes them in order when it can', async () => {
      await start({ order: 'shard' })
      await rig.write('first')
      rig.judge = () => {
        throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })
      }
      const writing: Promise<WriteResult>[] = []
      for (let tick = 0; tick < 100; tick++) {
        for (let each = 0; each < 40; each++) writing.push(rig.writer.write(`${tick} ${each}`))
        await rig.clock.advance(200)
      }
      const { buffered, retryingSeconds, oldestSeconds } = rig.writer.snapshot()
      assert.deepEqual([rig.state, buffered], ['retrying', 4_000])
      assert.ok(Math.abs((retryingSeconds ?? 0) - 20) < 1, String(retryingSeconds))
      assert.ok(Math.abs(oldestSeconds - 20) < 1, String(oldestSeconds))
      assert.deepEqual(rig.reports, ['SLS_UNREACHABLE'])
      rig.judge = () => 0
      await rig.clock.advance(15_000)
      await Promise.all(writing)
      assert.equal(rig.texts.length, 4_001)
      const ticks = rig.texts.slice(1).map((text) => text.split(' ').map(Number))
      const expected = Array.from({ length: 4_000 }, (_, at) => [Math.floor(at / 40), at % 40])
      assert.deepEqual(ticks, expected)
      assert.equal(rig.reports.length, 2)
      assert.match(rig.reports[1] ?? '', /^recovered after \d\d s$/)
      assert.equal(rig.state, 'ready')
    })

    it('reports the end also when no log is left that could be written', async () => {
      await start({ writeTimeout: 20 })
      for (let outage = 1; outage <= 2; outage++) {
        rig.judge = () => {
          throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })
        }
        const writing = rig.writer.write('a')
        await rig.clock.advance(40_000)
        assert.equal(await outcomeOf(writing), '0 of 1, SLS_WRITE_TIMEOUT')
        rig.judge = () => 0
        await rig.clock.advance(70_000)
        const reported = rig.reports.filter((line) => line === 'SLS_UNREACHABLE').length
        assert.deepEqual([reported, rig.reports.length], [outage, 2 * outage], rig.reports.join())
      }
    })

    it('does not report an outage of less than ten seconds', async () => {
      await start()
      rig.judge = () => {
        throw new Error('broken')
      }
      const writing = rig.writer.write('a')
      await rig.clock.advance(5_000)
      assert.equal(rig.state, 'retrying')
      rig.judge = () => 0
      await rig.clock.advance(5_000)
      await writing
      assert.deepEqual(rig.reports, [])
    })
  })

  for (const [name, leader] of [
    ['has no leader', -1],
    ['cannot be reached', 2],
  ] as const) {
    it(`tries shards that refuse again within the usual backoff while another one ${name}`, async () => {
      rig = new WriterRig({}, 2)
      rig.lead([1, leader])
      await rig.start()
      let refusals = 4
      rig.judge = (_shard, _texts, nodeId) => {
        if (nodeId === 2) throw new Error('connection lost')
        return refusals-- > 0 ? POLICY_VIOLATION : 0
      }
      const writing = [rig.writer.write('a'), rig.writer.write('b')]
      await rig.clock.advance(20_000)
      for (const outcome of writing) assert.equal(await outcomeOf(outcome), '1 of 1, no error')
    })
  }

  it('reports the failure of one broker of two once, until that broker takes logs again', async () => {
    rig = new WriterRig({ maxBatchRecords: 1 }, 2)
    rig.lead([1, 2])
    await rig.start()
    rig.judge = (_shard, _texts, nodeId) => {
      if (nodeId === 2) throw new SlsKafkaError('SLS_UNEXPECTED_BROKER')
      return 0
    }
    const writing: Promise<WriteResult>[] = []
    const writeFor = async (seconds: number): Promise<void> => {
      for (let second = 0; second < seconds; second++) {
        writing.push(rig.writer.write('a'), rig.writer.write('b'))
        await rig.clock.advance(1_000)
      }
    }
    await writeFor(60)
    assert.deepEqual(rig.reports, ['SLS_UNEXPECTED_BROKER'])
    rig.judge = () => 0
    await writeFor(20)
    assert.equal(rig.reports.length, 2)
    assert.match(rig.reports[1] ?? '', /^recovered after [67]\d s$/)
    for (const outcome of writing) assert.equal(await outcomeOf(outcome), '1 of 1, no error')
  })

  it('reports at once that it may not write, and keeps the logs', async () => {
    await start()
    rig.judge = () => UNAUTHORIZED
    const writing = rig.writer.write('a')
    await rig.clock.settle()
    assert.deepEqual(rig.reports, ['SLS_AUTH_FAILED'])
    await rig.clock.advance(70_000)
    assert.equal(rig.state, 'retrying', 'a list of shards does not end it')
    assert.deepEqual(rig.reports, ['SLS_AUTH_FAILED'])
    rig.judge = () => 0
    await rig.clock.advance(15_000)
    assert.equal(await outcomeOf(writing), '1 of 1, no error')
  })

  it('reports a logstore that is missing', async () => {
    rig = new WriterRig()
    rig.cluster.topicErrorCode = 3
    await rig.start()
    const writing = rig.writer.write('a')
    await rig.clock.advance(12_000)
    assert.deepEqual(rig.reports, ['SLS_LOGSTORE_NOT_FOUND'])
    rig.cluster.topicErrorCode = 0
    await rig.clock.advance(15_000)
    assert.equal(rig.state, 'ready')
    assert.equal(await outcomeOf(writing), '1 of 1, no error', 'its logs waited')
  })

  describe('with a logstore that messages name', () => {
    /** @param isMissing whether the service does not list the logstore */
    async function startNamed(isMissing: boolean): Promise<void> {
      rig = new WriterRig({}, 4, { failsIfMissing: true })
      list(!isMissing)
      await rig.start()
    }

    function list(exists: boolean): void {
      rig.cluster.topicErrorCode = exists ? 0 : UNKNOWN_TOPIC
    }

    it('lets each log fail once the logstore was missing for five seconds, until it exists', async () => {
      await startNamed(true)
      const [first, second] = [rig.writer.write('a'), rig.writer.write(['b', 'c'])]
      await rig.clock.advance(4_900)
      assert.equal(rig.writer.snapshot().buffered, 3)
      await rig.clock.advance(6_000)
      assert.equal(await outcomeOf(first), '0 of 1, SLS_LOGSTORE_NOT_FOUND')
      assert.equal(await outcomeOf(second), '0 of 2, SLS_LOGSTORE_NOT_FOUND')
      assert.equal(await outcomeOf(rig.write('d')), '0 of 1, SLS_LOGSTORE_NOT_FOUND', 'at once')
      const { buffered, failed, errors } = rig.writer.snapshot()
      assert.deepEqual([buffered, failed, errors], [0, 4, { SLS_LOGSTORE_NOT_FOUND: 4 }])
      assert.equal(await outcomeOf(rig.write([])), '0 of 0, no error')
      assert.deepEqual(rig.writer.snapshot().errors, { SLS_LOGSTORE_NOT_FOUND: 4 })
      list(true)
      await rig.clock.advance(15_000)
      assert.equal(await outcomeOf(rig.write('e')), '1 of 1, no error')
      assert.deepEqual(rig.reports, [], 'each message has an error of its own')
    })

    it('writes to a logstore that was created a moment ago', async () => {
      await startNamed(true)
      const writing = rig.writer.write('a')
      await rig.clock.advance(4_000)
      list(true)
      await rig.clock.advance(6_000)
      assert.equal(await outcomeOf(writing), '1 of 1, no error')
    })

    it('keeps logs while the service cannot be reached, although the logstore was missing before', async () => {
      await startNamed(true)
      await rig.clock.advance(11_000)
      rig.cluster.metadataFailure = new Error('unreachable')
      await rig.clock.advance(20_000)
      const writing = rig.writer.write('a')
      await rig.clock.advance(60_000)
      assert.equal(rig.writer.snapshot().buffered, 1)
      rig.cluster.metadataFailure = null
      await rig.clock.advance(40_000)
      assert.equal(await outcomeOf(writing), '0 of 1, SLS_LOGSTORE_NOT_FOUND')
    })

    it('lets logs fail whose logstore was deleted', async () => {
      await startNamed(false)
      assert.equal(await outcomeOf(rig.write('a')), '1 of 1, no error')
      rig.judge = () => UNKNOWN_TOPIC
      list(false)
      const writing = rig.writer.write('b')
      await rig.clock.advance(20_000)
      assert.equal(await outcomeOf(writing), '0 of 1, SLS_LOGSTORE_NOT_FOUND')
    })
  })

  it('warns once that the service throttles, and again after a while without', async () => {
    await start()
    const throttle = (): void => {
      rig.event({ type: 'throttled', milliseconds: 2_000, api: 'Produce' })
    }
    throttle()
    throttle()
    assert.equal(rig.writer.snapshot().isThrottled, true)
    await rig.clock.advance(12_000)
    assert.equal(rig.writer.snapshot().isThrottled, false)
    throttle()
    rig.event({ type: 'throttled', milliseconds: 100, api: 'Produce' })
    assert.deepEqual(rig.reports, ['warning SLS_THROTTLED', 'warning SLS_THROTTLED'])
  })

  describe('when it is closed', () => {
    it('writes what is in the buffer first, without waiting for linger', async () => {
      await start({ linger: 5_000 }, 1)
      const writing = rig.writer.write(numbered(3_000))
      const closed = rig.writer.close()
      await rig.clock.settle()
      await closed
      assert.equal(await outcomeOf(writing), '3000 of 3000, no error')
      assert.deepEqual(rig.reports, [])
    })

    it('tries a shard soon again that refuses once more', async () => {
      await start({}, 1)
      rig.judge = () => STORAGE_ERROR
      const writing = rig.writer.write('a')
      await rig.clock.advance(60_000)
      const closing = rig.writer.close()
      await rig.clock.advance(100)
      rig.judge = () => 0
      await rig.clock.advance(1_000)
      await closing
      assert.equal(await outcomeOf(writing), '1 of 1, no error')
    })

    it('does not wait for the backoff of an outage that is over', async () => {
      await start()
      rig.judge = () => {
        throw new Error('connection lost')
      }
      const written = rig.writer.write('a')
      await rig.clock.advance(40_000)
      rig.judge = () => 0
      const closed = rig.writer.close()
      await rig.clock.advance(1)
      assert.deepEqual(rig.texts, ['a'])
      await closed
      assert.equal(await outcomeOf(written), '1 of 1, no error')
    })

    it('accepts nothing more', async () => {
      await start()
      rig.isHeld = true
      const first = rig.writer.write('a')
      const closed = rig.writer.close()
      assert.equal(await outcomeOf(rig.writer.write('b')), '0 of 1, SLS_UNWRITTEN')
      await rig.clock.settle()
      await rig.answerAll()
      await closed
      assert.equal(await outcomeOf(first), '1 of 1, no error')
    })

    it('ends after six seconds, and tells every call and the log what is unwritten', async () => {
      await start()
      rig.isHeld = true
      const first = rig.writer.write(numbered(10))
      await rig.clock.settle()
      const second = rig.writer.write('a')
      const closed = rig.writer.close()
      await rig.clock.advance(5_999)
      assert.equal(rig.state, 'closing')
      await rig.clock.advance(1)
      await closed
      assert.equal(await outcomeOf(first), '0 of 10, SLS_UNWRITTEN')
      assert.equal(await outcomeOf(second), '0 of 1, SLS_UNWRITTEN')
      assert.deepEqual(rig.reports, ['SLS_UNWRITTEN'])
      assert.equal(rig.writer.snapshot().errors.SLS_UNWRITTEN, 11)
    })

    it('says in the log how many came too late, because their Catch node can be closed', async () => {
      await start()
      rig.isHeld = true
      void rig.writer.write('a')
      await rig.clock.settle()
      const closed = rig.writer.close()
      const late = await rig.writer.write(numbered(3))
      assert.deepEqual([late.error?.code, late.error?.params['logs']], ['SLS_UNWRITTEN', 3])
      await rig.answerAll()
      await closed
      assert.deepEqual(rig.reports, ['SLS_UNWRITTEN'])
      await rig.writer.write('b')
      assert.deepEqual(rig.reports, ['SLS_UNWRITTEN', 'SLS_UNWRITTEN'])
    })
  })
})
