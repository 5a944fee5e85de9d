import assert from 'node:assert/strict'
import type { MessageHeaders, ReadRecord } from '../../../lib/delivery/read-record'
import type { Message } from '../../../lib/delivery/message'
import { parseToken } from '../../../lib/delivery/token'
import type { ErrorCode } from '../../../lib/errors'
import { ResponseBudget } from '../../../lib/kafka/records/batch-budget'
import type { ConsumerSettings } from '../../../lib/config/consumer-options'
import { decode } from '../../../lib/sls/decode'
import { FORMATS, type Format } from '../../../lib/sls/formats'
import { normaliseTimestamp } from '../../../lib/sls/timestamp'
import { Random } from '../../../tools/shared/random'
import { anyRecord, encodeAnyRecords, type AnyRecord } from '../../support/any-records'
import { consumerRig, type ConsumerRig } from '../../support/consumer-rig'
import { readSet } from '../../support/record-sets'
import { report } from '../../support/reported-outcome'

/** Seed of the first case; the others follow. A failure names its seed, which repeats that case first. */
const SEED = Number(process.env['ANY_RECORD_SEED'] ?? Date.now() % 1_000_000)
const CASES = 500

const SHARD = 3

const CODE_OF = { 'not-json': 'SLS_DECODE_FAILED', empty: 'SLS_VALUE_EMPTY' } as const

/** Ways in which a flow can treat a message. */
const DEEDS = ['ack', 'ack twice', 'ack later', 'ack, then nack', 'nack', 'reject', 'none'] as const

describe('any record', () => {
  it(`is delivered or reported, and commits pass only done records (seed ${SEED})`, async function () {
    this.timeout(60_000)
    for (let seed = SEED; seed < SEED + CASES; seed++) {
      try {
        await new Case(new Random(seed)).run()
      } catch (cause) {
        throw new Error(`ANY_RECORD_SEED=${seed}`, { cause })
      }
    }
  })
})

/** Some batches of one shard, a consumer with random settings, and a flow with random outcomes. */
class Case {
  readonly #random: Random
  readonly #format: Format
  readonly #isAcknowledged: boolean
  readonly #isBatched: boolean
  /** Without a timeout the flow reports an outcome of every message. */
  readonly #hasTimeout: boolean
  readonly #onExhausted: string
  readonly #rig: ConsumerRig
  readonly #records = new Map<string, AnyRecord>()
  /** How often the flow received each record, by offset. */
  readonly #delivered = new Map<string, number>()
  readonly #reported = new Map<string, ErrorCode[]>()
  readonly #done = new Set<string>()
  /** The newest failed attempt of each record, by offset. */
  readonly #failedAttempts = new Map<string, number>()
  readonly #later: (() => void)[] = []
  /** What is wrong with the content of messages. */
  readonly #wrong: unknown[] = []
  /** From then on the flow acknowledges every message. */
  #isHealthy = false

  constructor(random: Random) {
    this.#random = random
    this.#format = random.pick(FORMATS)
    this.#isAcknowledged = random.isHeads()
    this.#isBatched = random.isHeads()
    this.#hasTimeout = random.isHeads()
    this.#onExhausted = random.pick(['stop', 'skip', 'output'])
    const settings: ConsumerSettings = {
      format: this.#format,
      emit: this.#isBatched ? 'batch' : 'record',
      batchSize: random.between(1, 5),
      batchWait: 0,
      commit: this.#isAcknowledged ? 'onAck' : 'onSend',
      maxAttempts: random.between(1, 3),
      retryDelay: 100,
      ackTimeout: this.#hasTimeout ? 1 : 0,
      commitInterval: 300,
      onExhausted: this.#onExhausted,
    }
    this.#rig = consumerRig({}, settings, {
      beforeSend: (message) => {
        this.#refuse()
        this.#noteContent(message)
        this.#take(message)
      },
      beforeDeadLetter: (message) => {
        this.#refuse()
        this.#take(message)
      },
      onRecordError: ({ code, params }, message) => {
        const hasContent =
          'records' in message ? message.records.length > 0 : message.value !== null
        if (hasContent && random.next() < 0.1) throw new Error('cannot be copied')
        this.#report(code, String(params['outcome'] ?? ''), this.#offsetsOf(message))
      },
    })
  }

  async run(): Promise<void> {
    const { consumer, clock, source } = this.#rig
    consumer.start()
    source().assign([SHARD])
    let next = BigInt(this.#random.pick(['0', '4587520000000000000', '9007199254740991']))
    for (let batches = this.#random.between(1, 3); batches > 0; batches--) {
      next = await this.#fetch(next)
      await clock.advance(this.#random.between(0, 500))
      this.#catchUp()
      this.#checkCommits()
    }
    await clock.advance(3_000)
    this.#checkCommits()
    this.#isHealthy = true
    this.#catchUp()
    // Send the records again that stop the shard.
    for (let tries = 0; tries < 3; tries++) {
      this.#rig.executor.start([SHARD])
      await clock.advance(10_000)
    }
    this.#checkCommits()
    const closed = consumer.close()
    await clock.advance(10_000)
    await closed
    this.#checkCommits()
    if (this.#records.size > 0) assert.equal(source().committed[SHARD], String(next), 'position')
    if (this.#wrong.length > 0) throw this.#wrong[0]
    this.#checkRecords()
    assert.deepEqual(this.#rig.failures, [])
    assert.equal(clock.pending, 0, 'left in the clock')
  }

  /** Fetches records as encoded bytes, like the service sends them. @returns the offset after them */
  async #fetch(base: bigint): Promise<bigint> {
    const records = Array.from({ length: this.#random.between(0, 8) }, () =>
      anyRecord(this.#random),
    )
    records.forEach((record, index) => this.#records.set(String(base + BigInt(index)), record))
    const bytes = encodeAnyRecords(base, records)
    // The next response takes the place of the bytes.
    const { records: fetched } = await readSet(bytes, base, new ResponseBudget(), () => {
      bytes.fill(0xee)
    })
    assert.equal(fetched.length, records.length, 'records of the batch')
    const next = base + BigInt(records.length)
    this.#rig.source().emit({ type: 'fetched', batch: { shard: SHARD, records: fetched, next } })
    return next
  }

  #refuse(): void {
    const isRefused = !this.#isHealthy && this.#random.next() < 0.15
    if (isRefused) throw this.#random.pick([new Error('too deep'), null, Object.create(null)])
  }

  #take(message: Message): void {
    for (const offset of this.#offsetsOf(message)) {
      this.#delivered.set(offset, (this.#delivered.get(offset) ?? 0) + 1)
    }
    const deed = this.#isHealthy ? 'ack' : this.#random.pick(DEEDS)
    if (!this.#isAcknowledged || (deed === 'none' && this.#hasTimeout)) return
    // Outcomes come in a later turn of the event loop, as from asynchronous nodes.
    if (deed === 'ack later' || deed === 'none')
      this.#later.push(() => {
        this.#do('ack', message)
      })
    else
      for (const step of stepsOf(deed))
        this.#rig.clock.soon(() => {
          this.#do(step, message)
        })
  }

  #do(kind: 'ack' | 'nack' | 'reject', message: Message): void {
    const token = parseToken(message.kafka.token ?? '') ?? assert.fail('no token')
    const first = message.offset
    if (kind === 'ack') {
      const hasFailed = token.attempt <= (this.#failedAttempts.get(first) ?? 0)
      if (!hasFailed) for (const offset of this.#offsetsOf(message)) this.#done.add(offset)
      report([message], { kind, parts: null })
    } else {
      if (!this.#done.has(first)) this.#failedAttempts.set(first, token.attempt)
      report([message], { kind, reason: { text: 'no' } })
    }
  }

  #report(code: ErrorCode, outcome: string, offsets: readonly string[]): void {
    for (const offset of offsets) {
      this.#reported.set(offset, [...(this.#reported.get(offset) ?? []), code])
      // A stopped record is sent again; a dead letter waits for an ack.
      const isDone = code === 'SLS_SEND_FAILED' || outcome === 'skip' || !this.#isKept(code)
      if (isDone) this.#done.add(offset)
    }
  }

  /** Whether a reported record is still in flight at output 2, or stops its shard. */
  #isKept(code: ErrorCode): boolean {
    const isUndecodable = code === 'SLS_DECODE_FAILED' || code === 'SLS_VALUE_EMPTY'
    return !isUndecodable || this.#onExhausted === 'output'
  }

  /** A batch without its content names only the first and the last offset. */
  #offsetsOf(message: Message): string[] {
    if (!('records' in message)) return [message.offset]
    if (message.records.length > 0) return message.records.map(({ offset }) => offset)
    const [first, last] = [BigInt(message.offset), BigInt(message.lastOffset)]
    return [...this.#records.keys()].filter(
      (offset) => BigInt(offset) >= first && BigInt(offset) <= last,
    )
  }

  #catchUp(): void {
    for (const action of this.#later.splice(0)) action()
  }

  #checkCommits(): void {
    if (!this.#isAcknowledged) return
    const committed = BigInt(this.#rig.source().committed[SHARD] ?? 0)
    const passed = [...this.#records.keys()].filter((offset) => BigInt(offset) < committed)
    assert.deepEqual(
      passed.filter((offset) => !this.#done.has(offset)),
      [],
      `committed ${committed}`,
    )
  }

  #checkRecords(): void {
    for (const [offset, record] of this.#records) {
      const codes = this.#reported.get(offset) ?? []
      const times = this.#delivered.get(offset) ?? 0
      const problem = problemOf(this.#format, record)
      if (this.#isAcknowledged) {
        assert.ok(times > 0 || codes.length > 0 || this.#done.has(offset), `${offset} is lost`)
      } else {
        const expected = problem ? [CODE_OF[problem]] : times === 0 ? ['SLS_SEND_FAILED'] : []
        assert.deepEqual([times <= 1, codes], [true, expected], `reports of ${offset}`)
      }
    }
  }

  /** The consumer takes an exception for a failure to send, so the case fails at its end. */
  #noteContent(message: Message): void {
    try {
      this.#checkContent(message)
    } catch (error) {
      this.#wrong.push(error)
    }
  }

  #checkContent(message: Message): void {
    if (!('records' in message)) {
      this.#checkOne({ ...message, headers: message.kafka.headers ?? {} }, message.payload)
      return
    }
    message.records.forEach((metadata, index) => {
      this.#checkOne(metadata, message.payload[index])
    })
  }

  #checkOne({ offset, ...metadata }: ReadRecord, payload: unknown): void {
    const record = this.#records.get(offset) ?? assert.fail(`${offset} was never written`)
    const [key, value] = [record.key, record.value].map((bytes) => contentOf(this.#format, bytes))
    const decoded = decode(this.#format, key === null ? null : String(key), value ?? null)
    const expected = 'problem' in decoded ? value : decoded.payload
    assert.deepEqual([metadata.key, metadata.value], [key, value])
    assert.deepEqual(payload, expected)
    assert.equal(metadata.timestamp, normaliseTimestamp(Number(record.timestamp)))
    assert.deepEqual(metadata.headers ?? {}, headersOf(record))
  }
}

function stepsOf(deed: Exclude<(typeof DEEDS)[number], 'none' | 'ack later'>) {
  switch (deed) {
    case 'ack twice':
      return ['ack', 'ack'] as const
    case 'ack, then nack':
      return ['ack', 'nack'] as const
    default:
      return [deed] as const
  }
}

function contentOf(format: Format, bytes: Buffer | null): string | Buffer | null {
  if (bytes === null || format === 'buffer') return bytes
  return bytes.toString('utf8')
}

/** Headers as in a message: several values of one name are a list. */
function headersOf({ headers }: AnyRecord): MessageHeaders {
  const byName = new Map<string, (string | null)[]>()
  for (const [name, value] of headers) {
    const known = byName.get(String(name)) ?? []
    byName.set(String(name), [...known, value && String(value)])
  }
  const entries = [...byName].map(([name, values]): [string, MessageHeaders[string]] => {
    return [name, values.length > 1 ? values : (values[0] ?? null)]
  })
  return Object.fromEntries(entries)
}

function problemOf(format: Format, { key, value }: AnyRecord): keyof typeof CODE_OF | null {
  const decoded = decode(format, key?.toString('utf8') ?? null, contentOf(format, value))
  return 'problem' in decoded ? decoded.problem : null
}
