import assert from 'node:assert/strict'
import { snapshotOfConfigError } from '../../../lib/consumer/snapshot'
import { healthOf, type ConsumerHealth, type WriterHealth } from '../../../lib/monitoring/health'
import { reportOf } from '../../../lib/monitoring/report'
import { writerReportOf } from '../../../lib/monitoring/writer-report'

const WHERE = { id: 'n1', name: '', flow: 'tab', project: 'shop', logstore: 'app-log' }
const CONFIG_ERROR = { code: 'SLS_CONFIG_INVALID', at: 0 } as const

function consumer(ok: boolean): ConsumerHealth {
  return { ...reportOf(snapshotOfConfigError(CONFIG_ERROR)), ...WHERE, group: 'g', ok }
}

function writer(ok: boolean): WriterHealth {
  return { ...writerReportOf([]), ...WHERE, ok }
}

describe('health', () => {
  it('is ok if every consumer and every writer is ok', () => {
    for (const [consumers, writers, ok] of [
      [[], [], true],
      [[consumer(true)], [writer(true)], true],
      [[consumer(false)], [writer(true)], false],
      [[consumer(true)], [writer(true), writer(false)], false],
    ] as const) {
      assert.deepEqual(healthOf({ consumers, writers }, 7), { ok, at: 7, consumers, writers })
    }
  })
})
