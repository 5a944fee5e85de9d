import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { feed } from '../../../../tools/emulator/input/feed'
import { LineSplitter } from '../../../../tools/emulator/input/line-splitter'
import { decodeRecordBatches } from '../../../../tools/emulator/protocol/record-batch'
import { Logstore } from '../../../../tools/emulator/store/logstore'
import { SHARD_OPTIONS } from '../support/shard-options'

describe('LineSplitter', () => {
  it('finds lines and characters that are cut in two', () => {
    const splitter = new LineSplitter()
    const bytes = Buffer.from('日志\r\nb\n\nlast')
    const lines = [...bytes].flatMap((byte) => splitter.push(Buffer.from([byte])))
    assert.deepEqual([...lines, ...splitter.end()], ['日志', 'b', '', 'last'])
    assert.deepEqual(splitter.end(), [])
  })
})

describe('feed', () => {
  it('makes a log of each line, JSON objects with their fields, over the shards in turn', async () => {
    const logstore = new Logstore('web', 2, { ...SHARD_OPTIONS, startIndex: 0n })
    const stream = Readable.from([Buffer.from('plain\n{"a":1,"b":"x"}\n'), Buffer.from('\nrest')])
    assert.equal(await feed(stream, logstore), 3)
    const records = logstore.shards.map((shard) =>
      shard
        .read(0n, 1e6, true)
        .flatMap((batch) => decodeRecordBatches(batch).flat())
        .map(({ key, value }) => [key && String(key), String(value)]),
    )
    assert.deepEqual(records, [
      [
        ['content', 'plain'],
        ['content', 'rest'],
      ],
      [[null, '{"a":"1","b":"x"}']],
    ])
  })
})
