import assert from 'node:assert/strict'
import { encodeAnyRecords, type AnyRecord } from '../support/any-records'
import { brokerOf } from '../../tools/shared/broker'
import { startEmulator } from '../../tools/emulator/process'
import { flowWith } from '../../tools/shared/flow'
import {
  startNodeRed,
  startSink,
  type FlowNode,
  type SinkMessage,
} from '../../tools/shared/node-red'
import { endedAfterEach } from '../support/suite'

const LOGSTORE = 'access-log'
const NOW = 1_795_342_764_638n
const COMMITS = ['onSend', 'onAck'] as const

/** What a flow of two wires cannot be given: Node-RED copies the message for the second one. */
const ENDLESS = `${'['.repeat(20_000)}${']'.repeat(20_000)}`

const VALUES: readonly (string | Buffer | null)[] = [
  'the first',
  ENDLESS,
  '{"lone":"\\ud800"}',
  Buffer.from([0xed, 0xa0, 0x80]),
  'a\0b\u001b[31m\r\n\u202e',
  '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
  '\ufeff{"a":1}',
  '{"id":7615917337495251231,"x":1e999}',
  '',
  null,
]
const HEADERS: readonly Readonly<Record<string, readonly (string | null)[]>>[] = [
  { trace: ['a', null] },
  { trace: [null] },
  { constructor: ['c'], ['__proto__']: ['p'], toString: [null, 't'], '': ['no name'] },
]
const TIMESTAMPS = [-(2n ** 63n), -1n, 0n, 2n ** 63n - 1n]

const RECORDS: readonly AnyRecord[] = [
  ...VALUES.map((value) => recordWith({ value: value === null ? null : Buffer.from(value) })),
  ...HEADERS.map((headers) =>
    recordWith({
      headers: Object.entries(headers).flatMap(([name, values]) =>
        values.map(
          (value) => [Buffer.from(name), value === null ? null : Buffer.from(value)] as const,
        ),
      ),
    }),
  ),
  ...TIMESTAMPS.map((timestamp) => recordWith({ timestamp })),
  recordWith({ key: Buffer.from('__proto__') }),
  recordWith({ value: Buffer.from('the last') }),
]
const UNSENDABLE = VALUES.indexOf(ENDLESS)

function recordWith(changes: Partial<AnyRecord>): AnyRecord {
  return { timestamp: NOW, key: null, value: Buffer.from('x'), headers: [], ...changes }
}

describe('records that are made to end the process', () => {
  const resources = endedAfterEach()

  it('end it in neither mode: all that can be sent arrive once, and the others are reported', async () => {
    const emulator = await resources.started(startEmulator({ logstores: { [LOGSTORE]: 1 } }))
    const records = await resources.started(startSink())
    const reports = await resources.started(startSink())
    const nodeRed = await resources.started(startNodeRed())
    const first = await emulator.appendBatch(LOGSTORE, 0, encodeAnyRecords(0n, RECORDS))
    const offsets = RECORDS.map((_, index) => String(BigInt(first) + BigInt(index)))

    await nodeRed.deploy(
      COMMITS.flatMap((commit) => [
        ...flowWith({
          ...{ tab: commit, service: brokerOf(emulator), records, reports },
          consumer: {
            ...{ logstore: LOGSTORE, group: commit, commit, format: 'auto', startFrom: 'earliest' },
            // The second wire gets the copy.
            wires: [[`${commit}-end`, `${commit}-records`]],
          },
        }),
        endOf(commit),
      ]),
    )
    await records.waitFor(COMMITS.length * (RECORDS.length - 1))
    const caught = COMMITS.map((commit) =>
      reports.waitFor(({ sink, error }) => sink === `${commit}-errors` && error !== undefined),
    )
    for (const { error, offset } of await Promise.all(caught)) {
      assert.deepEqual([error?.code, offset], ['SLS_SEND_FAILED', offsets[UNSENDABLE]])
    }

    await emulator.append(LOGSTORE, ['after'], { shard: 0 })
    await records.waitFor(COMMITS.length * RECORDS.length)
    assert.equal(await nodeRed.stop(), 0, 'exit code of Node-RED')
    const broker = brokerOf(emulator)
    for (const commit of COMMITS) {
      const got = records.messages.filter(({ sink }) => sink === `${commit}-records`)
      const sendable = offsets.filter((_, index) => index !== UNSENDABLE)
      assert.deepEqual(
        got.slice(0, -1).map(({ offset }) => offset),
        sendable,
        commit,
      )
      assert.equal(got.at(-1)?.payload, 'after')
      assert.deepEqual(got.flatMap(headersOf), HEADERS.map(asInMessage), commit)
      assert.deepEqual(await broker.committed(commit, LOGSTORE), await broker.endOffsets(LOGSTORE))
    }
    assert.deepEqual(
      nodeRed.logs().filter((line) => /uncaught|TypeError|polluted/i.test(line)),
      [],
    )
  })
})

/** Where the flow ends that gets the message itself. */
function endOf(commit: (typeof COMMITS)[number]): FlowNode {
  const node = { id: `${commit}-end`, z: commit, x: 100, y: 100, wires: [[]] }
  return commit === 'onAck'
    ? { ...node, type: 'sls-kafka-ack', action: 'ack' }
    : { ...node, type: 'function', func: 'return null', outputs: 1 }
}

type Headers = [name: string, value: unknown][]

/** Node-RED loses the property of this name when it copies a message. */
const NOT_COPIED = '__proto__'

function headersOf({ kafka }: SinkMessage): Headers[] {
  const headers = kafka?.['headers']
  return headers ? [Object.entries(headers)] : []
}

function asInMessage(headers: (typeof HEADERS)[number]): Headers {
  return Object.entries(headers)
    .filter(([name]) => name !== NOT_COPIED)
    .map(([name, values]) => [name, values.length > 1 ? values : values[0]])
}
