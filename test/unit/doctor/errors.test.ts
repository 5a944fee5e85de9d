import assert from 'node:assert/strict'
import { codeOf, redactorOf, missingFinding } from '../../../lib/doctor/errors'

const asItIs = (text: string): string => text

describe('doctor/errors', () => {
  it('name an error as Kafka does, else as Node.js does, else as the client does', () => {
    const ofKafka = Object.assign(new Error('x'), { type: 'KAFKA_STORAGE_ERROR', code: 56 })
    const wrapped = new Error('gave up', { cause: ofKafka })
    const ofNode = Object.assign(new Error('x'), { code: 'ECONNRESET' })
    const names = [ofKafka, wrapped, ofNode, new TypeError('x'), 'thrown'].map(codeOf)
    assert.deepEqual(names, [
      'KAFKA_STORAGE_ERROR',
      'KAFKA_STORAGE_ERROR',
      'ECONNRESET',
      'TypeError',
      'Error',
    ])
  })

  it('distinguish a refusal from a failure', () => {
    const forbidden = Object.assign(new Error('x'), { type: 'TOPIC_AUTHORIZATION_FAILED' })
    assert.deepEqual(missingFinding(forbidden, asItIs), {
      result: 'refused',
      error: 'TOPIC_AUTHORIZATION_FAILED',
    })
    const broken = Object.assign(new Error('broken pipe'), { code: 'EPIPE' })
    assert.deepEqual(missingFinding(new Error('outer', { cause: broken }), asItIs), {
      result: 'failed',
      error: 'EPIPE',
      detail: 'broken pipe',
    })
  })

  it('contain no AccessKey that an error contains', () => {
    const redact = redactorOf({ id: 'LTAI5tABCDEFGHIJKLMN9xQ', secret: 's3cret$&' })
    const error = new Error('bad login LTAI5tABCDEFGHIJKLMN9xQ#s3cret$&, s3cret$&')
    assert.deepEqual(missingFinding(error, redact), {
      result: 'failed',
      error: 'Error',
      detail: 'bad login LTAI****9xQ#****, ****',
    })
  })
})
