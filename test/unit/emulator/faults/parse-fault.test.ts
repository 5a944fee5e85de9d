import assert from 'node:assert/strict'
import {
  FaultError,
  parseFault,
  parseFaultText,
} from '../../../../tools/emulator/faults/parse-fault'
import { ErrorCode } from '../../../../tools/emulator/protocol/error-codes'

describe('the description of a fault', () => {
  it('names an error, the shard it is for, and how often', () => {
    const fault = parseFault({
      kind: 'error',
      error: 'KAFKA_STORAGE_ERROR',
      api: ['Fetch', 'ListOffsets'],
      logstore: 'web-log',
      shard: 1,
      times: 3,
    })
    assert.deepEqual(fault, {
      action: {
        kind: 'error',
        error: ErrorCode.KAFKA_STORAGE_ERROR,
        scope: undefined,
        logstore: 'web-log',
        shard: 1,
      },
      apis: ['Fetch', 'ListOffsets'],
      clientId: '',
      times: 3,
    })
  })

  it('is for all requests and forever if it does not say more', () => {
    assert.deepEqual(parseFault({ kind: 'drop' }), {
      action: { kind: 'drop' },
      apis: [],
      clientId: '',
      times: Infinity,
    })
  })

  it('drips a byte at a time if it does not say how many', () => {
    assert.deepEqual(parseFault({ kind: 'drip', ms: 40 }).action, {
      kind: 'drip',
      ms: 40,
      bytes: 1,
    })
    const { action } = parseFault({ kind: 'drip', ms: 40, bytes: 7 })
    assert.deepEqual(action, { kind: 'drip', ms: 40, bytes: 7 })
  })

  it('is the same on the command line', () => {
    for (const [text, description] of [
      ['delay,api=Fetch,ms=500', { kind: 'delay', api: 'Fetch', ms: 500 }],
      ['error,error=-1,shard=0', { kind: 'error', error: -1, shard: 0 }],
      ['close,clientId=a=b,times=1', { kind: 'close', clientId: 'a=b', times: 1 }],
    ] as const) {
      assert.deepEqual(parseFaultText(text), parseFault(description), text)
    }
  })

  for (const text of [
    '',
    'explode',
    'delay',
    'delay,ms=-1',
    'delay,ms=soon',
    'drop,api=Fetsch',
    'drop,times=often',
    'drop,colour=red',
    'error',
    'error,error=NO_SUCH_ERROR',
    'error,error=99999',
    'error,error=1,shard=first',
    'error,error=1,scope=cluster',
    'error,error=1,api=OffsetCommit,scope=response',
    'error,error=1,api=Fetch,scope=response,shard=1',
    'drip',
    'drip,ms=1,bytes=few',
  ]) {
    it(`is refused: "${text}"`, () => {
      assert.throws(() => parseFaultText(text), FaultError)
    })
  }
})
