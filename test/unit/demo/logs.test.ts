import assert from 'node:assert/strict'
import { accessLog } from '../../../tools/demo/logs/access-log'
import { applicationLog } from '../../../tools/demo/logs/application-log'
import { chinaTime, nginxTime } from '../../../tools/demo/logs/china-time'
import type { LogBody } from '../../../tools/demo/logs/log'
import { Random } from '../../../tools/shared/random'
import { burstLogs, shopLogs } from '../../../tools/demo/logs/shop'

const TIME = Date.UTC(2026, 10, 22, 10, 3, 7, 42)

function many(source: (time: number) => LogBody, count: number): LogBody[] {
  return Array.from({ length: count }, () => source(TIME))
}

describe('demo logs', () => {
  it('are the same for the same seed and others for another', () => {
    assert.deepEqual(many(shopLogs(1), 50), many(shopLogs(1), 50))
    assert.notDeepEqual(many(shopLogs(1), 50), many(shopLogs(2), 50))
  })

  it('mix plain lines, access logs and application logs with Chinese text', () => {
    const logs = many(shopLogs(1), 1_000)
    const plain = logs.filter((log) => typeof log === 'string')
    const access = logs.filter((log) => typeof log === 'object' && 'status' in log)
    const application = logs.filter((log) => typeof log === 'object' && 'level' in log)
    assert.equal(plain.length + access.length + application.length, logs.length)
    for (const { length } of [plain, access, application]) assert.ok(length > 100, String(length))
    assert.match(JSON.stringify(application), /支付超时/)
  })

  it('have text in every field, as SLS stores it', () => {
    for (const log of many(shopLogs(3), 500)) {
      for (const value of Object.values(log)) assert.equal(typeof value, 'string')
    }
  })

  it('have some answers of 5xx and some errors, but few', () => {
    const random = new Random(5)
    const statuses = Array.from({ length: 5_000 }, () => Number(accessLog(random, TIME)['status']))
    const levels = Array.from({ length: 5_000 }, () => applicationLog(random, TIME)['level'])
    const failed = statuses.filter((status) => status >= 500).length
    const errors = levels.filter((level) => level === 'ERROR').length
    assert.ok(failed > 50 && failed < 500, String(failed))
    assert.ok(errors > 250 && errors < 1_000, String(errors))
  })

  it('say which burst they belong to', () => {
    for (const log of many(burstLogs(7), 10)) assert.equal(Object.entries(log).at(-1)?.[1], '7')
  })

  it("carry the time of the shop's servers in China", () => {
    assert.equal(chinaTime(TIME), '2026-11-22 18:03:07.042')
    assert.equal(nginxTime(TIME), '22/Nov/2026:18:03:07 +0800')
  })
})
