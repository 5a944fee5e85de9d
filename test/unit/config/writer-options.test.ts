import assert from 'node:assert/strict'
import { compileWriterOptions } from '../../../lib/config/writer-options'
import { PROJECT, valid } from '../../../tools/shared/consumer-options'

function problemsOf(settings: Readonly<Record<string, unknown>>): string[] {
  const compiled = compileWriterOptions({ logstore: 'app-log', ...settings }, PROJECT)
  const problems = 'problems' in compiled ? compiled.problems : []
  return problems.map(({ field, reason }) => `${field}: ${reason}`)
}

describe('config/writer-options', () => {
  it('has a default for everything but the logstore', () => {
    assert.deepEqual(valid(compileWriterOptions({ logstore: 'app-log' }, PROJECT)), {
      project: PROJECT,
      logstore: 'app-log',
      format: 'auto',
      field: '',
      compression: 'gzip',
      order: 'spread',
      writeTimeoutMs: null,
      buffer: { records: 10_000, bytes: 16_777_216 },
      batch: { records: 1_000, bytes: 524_288 },
      lingerMs: 0,
    })
    assert.deepEqual(problemsOf({ logstore: '' }), ['logstore: missing'])
  })

  it('takes what the user has set', () => {
    const settings = {
      ...{ logstore: 'x2', format: 'text', field: 'message', compression: 'none', order: 'shard' },
      ...{ writeTimeout: '30', bufferRecords: 5, bufferBytes: 2_000_000 },
      ...{ maxBatchRecords: '7', maxBatchBytes: 2_000, linger: '20' },
    }
    assert.deepEqual(valid(compileWriterOptions(settings, PROJECT)), {
      project: PROJECT,
      ...{ logstore: 'x2', format: 'text', field: 'message', compression: 'none', order: 'shard' },
      writeTimeoutMs: 30_000,
      buffer: { records: 5, bytes: 2_000_000 },
      batch: { records: 7, bytes: 2_000 },
      lingerMs: 20,
    })
  })

  it('refuses a virtual topic, which nothing can be written to', () => {
    assert.deepEqual(problemsOf({ logstore: 'app-log.3' }), ['logstore: virtual-topic'])
  })

  it('refuses what is no choice, no name of a field, or out of range', () => {
    const settings = {
      ...{ format: 'buffer', field: '__topic__', compression: 'zstd', order: 'key' },
      ...{ writeTimeout: -1, bufferBytes: 1_000, maxBatchRecords: 4_097, linger: 5_001 },
    }
    assert.deepEqual(problemsOf(settings), [
      'format: choice',
      'field: field-name',
      'compression: choice',
      'order: choice',
      'writeTimeout: number',
      'bufferBytes: number',
      'maxBatchRecords: number',
      'linger: number',
    ])
  })
})
