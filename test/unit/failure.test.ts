import assert from 'node:assert/strict'
import { KafkaJSConnectionError, KafkaJSNonRetriableError, KafkaJSProtocolError } from 'kafkajs'
import { SlsKafkaError } from '../../lib/errors'
import { describeFailure } from '../../lib/failure'
import { errorSentences } from '../../lib/error-texts'
import { compileConsumerOptions } from '../../lib/config/consumer-options'
import { OtherNameError } from '../../lib/tls'
import { PROJECT, valid } from '../../tools/shared/consumer-options'

const OPTIONS = valid(
  compileConsumerOptions({ logstore: 'nginx-access', group: 'node-red' }, PROJECT),
)

function withCode(code: string): Error {
  return Object.assign(new Error(code), { code })
}

function protocol(type: string): Error {
  return Object.assign(new KafkaJSProtocolError(new Error(type)), { type })
}

describe('failure', () => {
  const cases: readonly [Error, string][] = [
    [withCode('ENOTFOUND'), 'SLS_HOST_NOT_FOUND'],
    [withCode('EAI_AGAIN'), 'SLS_HOST_NOT_FOUND'],
    [withCode('ECONNREFUSED'), 'SLS_UNREACHABLE'],
    [withCode('ECONNRESET'), 'SLS_UNREACHABLE'],
    [withCode('ETIMEDOUT'), 'SLS_UNREACHABLE'],
    [new KafkaJSConnectionError('Connection timeout', {}), 'SLS_UNREACHABLE'],
    [withCode('DEPTH_ZERO_SELF_SIGNED_CERT'), 'SLS_TLS_FAILED'],
    [withCode('UNABLE_TO_VERIFY_LEAF_SIGNATURE'), 'SLS_TLS_FAILED'],
    [withCode('ERR_TLS_CERT_ALTNAME_INVALID'), 'SLS_TLS_FAILED'],
    [withCode('CERT_HAS_EXPIRED'), 'SLS_TLS_FAILED'],
    [withCode('ERR_OSSL_PEM_NO_START_LINE'), 'SLS_TLS_FAILED'],
    [new OtherNameError('a.example', 'b.example'), 'SLS_TLS_FAILED'],
    [protocol('SASL_AUTHENTICATION_FAILED'), 'SLS_AUTH_FAILED'],
    [protocol('TOPIC_AUTHORIZATION_FAILED'), 'SLS_AUTH_FAILED'],
    [new KafkaJSConnectionError('Connection closed by the server', {}), 'SLS_AUTH_FAILED'],
    [protocol('UNKNOWN_TOPIC_OR_PARTITION'), 'SLS_LOGSTORE_NOT_FOUND'],
    [protocol('INVALID_GROUP_ID'), 'SLS_GROUP_LIMIT'],
    [protocol('INCONSISTENT_GROUP_PROTOCOL'), 'SLS_GROUP_CONFLICT'],
    [protocol('GROUP_COORDINATOR_NOT_AVAILABLE'), 'SLS_SERVICE_ERROR'],
    [protocol('GROUP_LOAD_IN_PROGRESS'), 'SLS_SERVICE_ERROR'],
    [protocol('NOT_COORDINATOR_FOR_GROUP'), 'SLS_SERVICE_ERROR'],
    [protocol('UNKNOWN'), 'SLS_SERVICE_ERROR'],
    [
      Object.assign(new Error('a response of 5 TB'), { code: 'RESPONSE_TOO_LARGE' }),
      'SLS_SERVICE_ERROR',
    ],
    [new TypeError('something else'), 'SLS_CLIENT_FAILED'],
  ]
  for (const [error, code] of cases) {
    it(`maps ${error.name} "${error.message}" to ${code}`, () => {
      assert.equal(describeFailure(error, OPTIONS).code, code)
    })
  }

  it('has both names of a certificate that was issued for another name', () => {
    const error = new Error('two addresses', {
      cause: new OtherNameError('a.example', 'b.example'),
    })
    const { issuedFor, expected } = describeFailure(error, OPTIONS).params
    assert.deepEqual([issuedFor, expected], ['a.example', 'b.example'])
    assert.equal('expected' in describeFailure(withCode('ENOTFOUND'), OPTIONS).params, false)
  })

  it('finds the cause inside the errors of kafkajs', () => {
    const wrapped = Object.assign(new KafkaJSNonRetriableError('Crash'), {
      cause: withCode('ENOTFOUND'),
    })
    assert.equal(describeFailure(wrapped, OPTIONS).code, 'SLS_HOST_NOT_FOUND')
  })

  it('shows the cause without the prefix of the client', () => {
    const error = new KafkaJSConnectionError(
      'Connection error: connect ECONNREFUSED 127.0.0.1:1',
      {},
    )
    assert.equal(
      describeFailure(error, OPTIONS).params['detail'],
      'connect ECONNREFUSED 127.0.0.1:1',
    )
  })

  it('shows the name that Kafka gives an error response', () => {
    const answer = Object.assign(new KafkaJSProtocolError(new Error('is loading')), {
      type: 'LOAD',
    })
    const { params } = describeFailure(new Error('not found', { cause: answer }), OPTIONS)
    assert.equal(params['detail'], 'LOAD: is loading')
  })

  it('suggests another region if the host cannot be resolved', () => {
    const at = (host: string, code = 'ENOTFOUND'): string => {
      const project = { ...PROJECT, address: { host, port: 10012 } }
      const failure = describeFailure(withCode(code), { ...OPTIONS, project })
      return errorSentences(failure, (key, { region, right } = {}) => `${key} ${region} ${right}.`)
    }
    const wrong = 'shop-prod.cn-hangzou.log.aliyuncs.com'
    assert.match(at(wrong), /hints\.region cn-hangzou cn-hangzhou\./)
    assert.doesNotMatch(at(wrong, 'ECONNREFUSED'), /hints/, 'it exists')
    assert.doesNotMatch(at('shop-prod.cn-hangzhou.log.aliyuncs.com'), /hints/)
  })

  it('puts an IPv6 address into brackets, before a port', () => {
    const project = { ...PROJECT, bootstrap: { host: '::1', port: 10012 } }
    const { params } = describeFailure(withCode('ECONNREFUSED'), { ...OPTIONS, project })
    assert.deepEqual([params['host'], params['port']], ['[::1]', 10012])
  })

  it('returns a SlsKafkaError unchanged', () => {
    const ours = new SlsKafkaError('SLS_UNEXPECTED_BROKER')
    assert.equal(describeFailure(ours, OPTIONS), ours)
    assert.equal(describeFailure(new Error('wrapped', { cause: ours }), OPTIONS), ours)
  })

  it('shows the names that the user knows, and no secret', () => {
    const { params } = describeFailure(withCode('ECONNREFUSED'), OPTIONS)
    assert.deepEqual(params, {
      project: 'shop-prod',
      logstore: 'nginx-access',
      group: 'node-red',
      host: 'shop-prod.cn-hangzhou.log.aliyuncs.com',
      port: 10012,
      accessKeyId: 'LTAI****9xQ',
      detail: 'ECONNREFUSED',
    })
  })
})
