import assert from 'node:assert/strict'
import { jsonFields } from '../../../../tools/emulator/store/json-fields'
import { Logstore, LogstoreError } from '../../../../tools/emulator/store/logstore'
import { producedLog } from '../../../../tools/emulator/store/produced-log'
import { Project } from '../../../../tools/emulator/store/project'
import { recordShape } from '../../../../tools/emulator/store/record-shape'
import { textLogs } from '../support/endpoint'
import { SHARD_OPTIONS } from '../support/shard-options'

const shardOptions = { ...SHARD_OPTIONS, startIndex: 1n }

describe('recordShape', () => {
  it('of one field: its name is the key, its raw text the value', () => {
    assert.deepEqual(recordShape([['message', 'not "JSON"']]), {
      key: 'message',
      value: 'not "JSON"',
    })
  })

  it('of several fields: no key, all as JSON text in their order', () => {
    const shape = recordShape([
      ['url', '/ü"'],
      ['7', 'x'],
      ['1', 'y'],
    ])
    assert.deepEqual(shape, { key: null, value: '{"url":"/ü\\"","7":"x","1":"y"}' })
  })

  it('of imported Kafka data: its own key and value', () => {
    const imported = [
      ['kafka_topic', 't'],
      ['kafka_partition', '0'],
      ['kafka_offset', '9'],
      ['key', 'k'],
      ['value', 'v'],
    ] as const
    assert.deepEqual(recordShape(imported), { key: 'k', value: 'v' })
    assert.equal(recordShape(imported.slice(0, 4)).key, null, 'one of the five is missing')
  })
})

describe('jsonFields', () => {
  it('turns the top level into strings', () => {
    assert.deepEqual(jsonFields(' {"a":"x","b":1,"c":{"d":[true]},"e":null}'), [
      ['a', 'x'],
      ['b', '1'],
      ['c', '{"d":[true]}'],
      ['e', 'null'],
    ])
  })

  it('takes nothing but a whole JSON object', () => {
    for (const text of ['plain', '[1]', '"x"', '{"a":', '{}x', '12']) {
      assert.equal(jsonFields(text), undefined, text)
    }
  })
})

describe('producedLog', () => {
  const record = { timestamp: 5, key: null, value: Buffer.from('{"a":1}'), headers: new Map() }

  it('puts the value into the field content, or the field that the key names', () => {
    assert.deepEqual(producedLog(record, false), { time: 5, fields: [['content', '{"a":1}']] })
    const keyed = { ...record, key: Buffer.from('line') }
    assert.deepEqual(producedLog(keyed, false).fields, [['line', '{"a":1}']])
  })

  it('expands JSON when the topic or a header asks for it', () => {
    const asked = { ...record, headers: new Map([['data-parse-format', 'json']]) }
    assert.deepEqual(producedLog(asked, false).fields, [['a', '1']])
    assert.deepEqual(producedLog(record, true).fields, [['a', '1']])
    const text = { ...record, value: Buffer.from('plain') }
    assert.deepEqual(producedLog(text, true).fields, [['content', 'plain']])
  })
})

describe('Logstore', () => {
  it('spreads logs over its shards in turn, going on where it stopped', () => {
    const logstore = new Logstore('web', 3, shardOptions)
    logstore.append(textLogs('a', 'b', 'c', 'd'))
    logstore.append(textLogs('e', 'f'))
    assert.deepEqual(
      logstore.shards.map(({ logs }) => logs),
      [2, 2, 2],
    )
  })

  it('makes log groups of the size asked for', () => {
    const logstore = new Logstore('web', 1, shardOptions)
    logstore.append(textLogs('a', 'b', 'c'), { groupSize: 2 })
    assert.equal(logstore.shards[0]?.highWatermark, 3n << 17n)
  })

  it('splits a shard into two new ones and writes the old one no more', () => {
    const logstore = new Logstore('web', 2, shardOptions)
    const children = logstore.split(0)
    assert.deepEqual(
      children.map(({ id }) => id),
      [2, 3],
    )
    logstore.append(textLogs('a', 'b', 'c'))
    assert.deepEqual(
      logstore.shards.map(({ logs }) => logs),
      [0, 1, 1, 1],
    )
    assert.throws(() => logstore.append(textLogs('a'), { shard: 0 }), LogstoreError)
    assert.throws(() => logstore.split(0), LogstoreError)
    assert.throws(() => logstore.append(textLogs('a'), { shard: 9 }), LogstoreError)
  })
})

describe('Project', () => {
  it('refuses names that SLS refuses, a second logstore of a name, and no shards', () => {
    const project = new Project(shardOptions)
    project.createLogstore('access-log', 2)
    assert.equal(project.createLogstore('tf', 1).name, 'tf')
    for (const [name, shards] of [
      ['a', 1],
      ['Upper', 1],
      ['a.json', 1],
      ['-abc', 1],
      ['access-log', 1],
      ['other', 0],
    ] as const) {
      assert.throws(() => project.createLogstore(name, shards), LogstoreError, name)
    }
  })
})
