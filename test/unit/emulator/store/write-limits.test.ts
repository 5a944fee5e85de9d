import assert from 'node:assert/strict'
import { ErrorCode } from '../../../../tools/emulator/protocol/error-codes'
import type { Log } from '../../../../tools/emulator/store/log'
import { SLS_WRITE_LIMITS, writeRefusal } from '../../../../tools/emulator/store/write-limits'

const NOW = Date.UTC(2026, 10, 29)
const DAY = 86_400_000

function log(value = 'text', time = NOW, name = 'content'): Log {
  return { time, fields: [[name, value]] }
}

function refusalOf(...logs: readonly Log[]): ErrorCode {
  return writeRefusal(logs, SLS_WRITE_LIMITS, NOW)
}

describe('write limits', () => {
  it('take logs at every limit', () => {
    const largest = log('x'.repeat(1_048_576 - 'content'.length))
    assert.equal(refusalOf(largest), ErrorCode.NONE)
    assert.equal(refusalOf(log('a', NOW - 7 * DAY), log('b', NOW + 900_000)), ErrorCode.NONE)
    assert.equal(refusalOf(log('a', NOW, 'x'.repeat(128))), ErrorCode.NONE)
    assert.equal(refusalOf(...new Array<Log>(4_096).fill(log())), ErrorCode.NONE)
  })

  it('refuse all logs for their size or number', () => {
    assert.equal(refusalOf(log(), log('x'.repeat(1_048_576))), ErrorCode.MESSAGE_TOO_LARGE)
    const mebibyte = log('x'.repeat(1_048_000))
    assert.equal(refusalOf(...new Array<Log>(4).fill(mebibyte)), ErrorCode.MESSAGE_TOO_LARGE)
    assert.equal(refusalOf(...new Array<Log>(4_097).fill(log())), ErrorCode.MESSAGE_TOO_LARGE)
  })

  it('refuse all logs for one that is too old, too new or badly named', () => {
    assert.equal(refusalOf(log(), log('a', NOW - 7 * DAY - 1)), ErrorCode.INVALID_TIMESTAMP)
    assert.equal(refusalOf(log(), log('a', NOW + 900_001)), ErrorCode.INVALID_TIMESTAMP)
    assert.equal(refusalOf(log(), log('a', NOW, 'x'.repeat(129))), ErrorCode.INVALID_RECORD)
    assert.equal(refusalOf(log(), log('a', NOW, '')), ErrorCode.INVALID_RECORD)
  })
})
