import assert from 'node:assert/strict'
import {
  SKIP_REASONS,
  STEPS,
  type Facts,
  type Findings,
  type Report,
} from '../../../lib/doctor/report'
import { textReport } from '../../../lib/doctor/text-report'
import { textsIn } from '../../../lib/doctor/texts'
import { linesOf } from '../../support/doctor'

const english = textsIn('en-US')

const REPORT: Report = {
  version: '1.2.3',
  time: '2026-11-22T10:00:00.000Z',
  outcome: 'ok',
  target: {
    project: 'shop-prod',
    logstore: 'nginx-access',
    address: 'shop-prod.cn-hangzhou.log.aliyuncs.com:10012',
    accessKeyId: 'LTAI****9xQ',
  },
  steps: STEPS.map((id) => ({ id, result: 'ok', took: 12, found: [4, 5] })),
  findings: {},
}

const linesFor = (findings: Findings): ReadonlyMap<string, string> =>
  linesOf(textReport({ ...REPORT, findings }, english))

describe('doctor/text-report', () => {
  it('has the target and the steps, and no heading without a line below it', () => {
    assert.equal(
      textReport(REPORT, english),
      `sls-kafka-doctor 1.2.3, 2026-11-22T10:00:00.000Z
project shop-prod, logstore nginx-access, at shop-prod.cn-hangzhou.log.aliyuncs.com:10012, AccessKey LTAI****9xQ

How far the connection gets
  ✓ name          12 ms the name is 4, 5
  ✓ port          12 ms the port accepts connections
  ✓ tls           12 ms the certificate is trusted
  ✓ access-key    12 ms the AccessKey is accepted
  ✓ logstore      12 ms the logstore exists, its shards: 4, 5
  ✓ records       12 ms the newest records can be read; checked: 4

Records of this logstore can be read.`,
    )
  })

  it('shows the text of a failed step, with the message of the service if the text lacks it', () => {
    const failure = {
      code: 'SLS_AUTH_FAILED',
      text: 'refused. Do this.',
      detail: 'closed',
    } as const
    const steps = STEPS.map(
      (id, index) => ({ id, result: index < 3 ? 'ok' : 'not-tried' }) as const,
    )
    const failed = { id: 'access-key', result: 'failed', took: 5, failure } as const
    const text = textReport(
      { ...REPORT, outcome: 'failed', steps: steps.with(3, failed as never) },
      english,
    )
    const lines = linesOf(text)
    assert.match(
      lines.get('access-key') ?? '',
      /SLS_AUTH_FAILED: refused\. Do this\. Original text: closed$/,
    )
    assert.match(lines.get('logstore') ?? '', /not checked/)
    assert.match(text, /cannot be read: see access-key above\.$/)
  })

  it('escapes control characters of the service, and repeats no message', () => {
    const detail = 'no\u001b[2J\r\nok\u202egpj'
    const shown = String.raw`no\u001b[2J\r\nok\u202egpj`
    const text = english('sls-kafka-in.errors.SLS_SERVICE_ERROR', { detail })
    const failure = { code: 'SLS_SERVICE_ERROR', text, detail } as const
    const steps = [{ id: 'access-key', result: 'failed', took: 5, failure }] as const
    const output = textReport({ ...REPORT, outcome: 'failed', steps }, english)
    assert.ok(output.includes(shown), output)
    assert.doesNotMatch(output, /[^\P{Cc}\n]|\u202e|Original text/u)
  })

  it('names hosts outside the domain of the endpoint', () => {
    const nodes = [{ id: 7, host: 'evil.example.com', port: 9092 }]
    const domain = 'cn-hangzhou.log.aliyuncs.com'
    const found = { result: 'found', nodes, domain } as const
    const strange = linesFor({ brokers: { ...found, strangers: ['evil.example.com'] } })
    assert.match(
      strange.get('brokers') ?? '',
      /7 = evil\.example\.com:9092; not in cn-hang.*Bootst/,
    )
    const own = linesFor({ brokers: { ...found, strangers: [] } })
    assert.match(own.get('brokers') ?? '', /; all belong to cn-hangzhou/)
  })

  it('shows by how much an offset by time is inexact, and that a clock is wrong', () => {
    const lines = linesFor({
      'offsets-by-time': {
        result: 'found',
        shard: 2,
        asked: '2026-11-22T09:59:59.123Z',
        offset: '131072',
        isExact: 'no',
        earlierBy: 340,
        afterTheLast: 'end',
      },
      timestamps: {
        result: 'found',
        unit: 'seconds',
        newest: '2026-11-22T10:05:00.000Z',
        ageSeconds: -300,
      },
    })
    assert.match(
      lines.get('offsets-by-time') ?? '',
      /in shard 2: offset 131072, not the first .*\(340 ms before it\); after the last record: the end$/,
    )
    assert.match(lines.get('timestamps') ?? '', /in seconds; .* 5 min in the future/)
  })

  it('reports a long poll that is not honoured, and a made-up name that resolves', () => {
    const lines = linesFor({
      'long-poll': { result: 'found', asked: 1_000, took: 3, isHonoured: false },
      'made-up-project': { result: 'found', name: 'ab-x.example', isResolved: true },
    })
    assert.match(lines.get('long-poll') ?? '', /took 3 ms: not honoured$/)
    assert.match(lines.get('made-up-project') ?? '', /ab-x\.example resolves/)
  })

  it('describes a group, with durations in one unit', () => {
    const committed = [59, 119, 120, 7_200, 172_800].map((behind, shard) => {
      return { shard, offset: '9', next: '2026-11-22T10:00:00.000Z', behind, error: null }
    })
    const none = { shard: 5, offset: '9', next: null, behind: null, error: null }
    const lines = linesFor({
      group: {
        result: 'found',
        group: 'g',
        state: 'Stable',
        error: null,
        clientIds: ['one', 'two'],
        committed: [...committed, none],
      },
    })
    const line = lines.get('group') ?? ''
    assert.match(line, /^group +g: Stable, members: one, two shard 0: committed 9, /)
    const ages = [...line.matchAll(/is (\d+ \w+) old/g)].map(([, age]) => age)
    assert.deepEqual(ages, ['59 s', '119 s', '2 min', '2 h', '2 days'])
    assert.match(line, /shard 5: committed 9, no record after it$/)
  })

  it('shows which checks were refused, have failed, or were skipped, and why', () => {
    const lines = linesFor({
      'list-groups': { result: 'refused', error: 'GROUP_AUTHORIZATION_FAILED' },
      'long-poll': { result: 'failed', error: 'ETIMEDOUT', detail: 'no answer in 10 s' },
    })
    assert.match(lines.get('list-groups') ?? '', /not allowed: GROUP_AUTHORIZATION_FAILED$/)
    assert.match(lines.get('long-poll') ?? '', /failed: ETIMEDOUT \(no answer in 10 s\)$/)
    const reasons = SKIP_REASONS.map((reason) =>
      linesFor({ offsets: { result: 'skipped', reason } }).get('offsets'),
    )
    assert.equal(new Set(reasons).size, SKIP_REASONS.length)
  })

  it('says whether sls out can write with the versions that are offered', () => {
    const line = (facts: Facts['writing']): string =>
      linesFor({ writing: { result: 'found', ...facts } }).get('writing') ?? ''
    const offered = { min: 3, max: 9 }
    assert.match(
      line({ offered, version: 7 }),
      /Produce 3–9 is offered, .* version 7; .* not checked/,
    )
    assert.match(line({ offered, version: null }), /Produce 3–9 is offered, but not in a version/)
    assert.match(line({ offered: null, version: null }), /Produce is not offered/)
  })

  it('lists the first shards of many', () => {
    const shards = Array.from({ length: 64 }, (_, shard) => {
      return { shard, earliest: '1', end: '2', error: null }
    })
    const line = linesFor({ shards: { result: 'found', shards } }).get('shards') ?? ''
    assert.match(line, /shard 7: from 1 to 2 and 56 more$/)
  })

  it('keeps to the width of a page', () => {
    const apis = Array.from({ length: 40 }, (_, key) => {
      return { key, name: `Request${key}`, min: 0, max: 9 }
    })
    for (const language of ['en-US', 'zh-CN'] as const) {
      const findings: Findings = { 'api-versions': { result: 'found', apis } }
      const text = textReport({ ...REPORT, findings }, textsIn(language))
      const [long = ''] = text
        .split('\n')
        .slice(2)
        .sort((one, other) => other.length - one.length)
      assert.ok(long.length <= 100, long)
    }
  })
})
