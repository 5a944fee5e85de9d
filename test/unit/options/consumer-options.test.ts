import assert from 'node:assert/strict'
import { CONSUMER_DEFAULTS } from '../../../lib/options/consumer-defaults'
import {
  compileConsumerOptions,
  type ConsumerSettings,
} from '../../../lib/options/consumer-options'
import { PROJECT } from '../../support/consumer-options'

const SETTINGS = { logstore: 'nginx-access', group: 'node-red' }

function problemsOf(changes: ConsumerSettings): string[] {
  const compiled = compileConsumerOptions({ ...SETTINGS, ...changes }, PROJECT)
  return 'problems' in compiled
    ? compiled.problems.map(({ field, reason }) => `${field}: ${reason}`)
    : []
}

describe('options/consumer-options', () => {
  it('fills in the defaults that Alibaba publishes', () => {
    assert.deepEqual(compileConsumerOptions(SETTINGS, PROJECT), {
      options: {
        project: PROJECT,
        logstore: 'nginx-access',
        group: 'node-red',
        startFrom: 'latest',
        format: 'auto',
        batch: null,
        maxRate: null,
        commitInterval: 5_000,
        sessionTimeout: 120_000,
        rebalanceTimeout: 130_000,
        maxBytesPerShard: 1_048_576,
        maxInFlightBytes: 16_777_216,
      },
    })
    assert.equal(CONSUMER_DEFAULTS.sessionTimeout, 120_000)
  })

  it('takes numbers as the text that Node-RED hands over', () => {
    const compiled = compileConsumerOptions({ ...SETTINGS, maxRate: '50' }, PROJECT)
    assert.equal('options' in compiled && compiled.options.maxRate, 50)
  })

  it('puts records into batches of 100 that wait a second, unless told otherwise', () => {
    const compile = (changes: ConsumerSettings): unknown => {
      const compiled = compileConsumerOptions({ ...SETTINGS, emit: 'batch', ...changes }, PROJECT)
      return 'options' in compiled ? compiled.options.batch : compiled
    }
    assert.deepEqual(compile({}), { size: 100, wait: 1000 })
    assert.deepEqual(compile({ batchSize: '7', batchWait: '0' }), { size: 7, wait: 0 })
  })

  const cases: readonly [string, ConsumerSettings, string][] = [
    ['a missing logstore', { logstore: '' }, 'logstore: missing'],
    ['an impossible logstore', { logstore: 'Nginx Access' }, 'logstore: logstore-name'],
    ['a missing group', { group: ' ' }, 'group: missing'],
    ['an unknown format', { format: 'xml' }, 'format: choice'],
    ['an unknown start', { startFrom: 'middle' }, 'startFrom: choice'],
    ['a way to emit that does not exist', { emit: 'stream' }, 'emit: choice'],
    ['a way to commit that does not exist', { commit: 'never' }, 'commit: choice'],
    ['a rate of zero', { maxRate: '0' }, 'maxRate: number'],
    ['a rate that is no number', { maxRate: 'fast' }, 'maxRate: number'],
    ['a commit interval out of range', { commitInterval: '1' }, 'commitInterval: number'],
    ['an unset variable', { group: '${SLS_GROUP}' }, 'group: variable-not-set'],
  ]
  for (const [what, changes, problem] of cases) {
    it(`tells of ${what}`, () => {
      assert.deepEqual(problemsOf(changes), [problem])
    })
  }
})
