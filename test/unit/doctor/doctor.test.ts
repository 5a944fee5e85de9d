import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { FINDINGS, STEPS, type Report } from '../../../lib/doctor/report'
import { KafkaAdmin } from '../../../lib/kafka/admin'
import { NO_MEMBER } from '../../../lib/kafka/group/offsets'
import { optionsFor } from '../../../tools/shared/consumer-options'
import { LOCAL_PORT, PROJECT as HOSTED_PROJECT } from '../../support/alibaba-hosts'
import { Doctor, linesOf, runDoctor, type DoctorRun } from '../../support/doctor'
import { startEmulator, type RunningEmulator } from '../../../tools/emulator/process'
import { codeIn, tablesIn } from '../../support/markdown'
import { repositoryRoot } from '../../../tools/shared/repository'
import { SILENT_LOGGER } from '../../../lib/logger'

const ACCESS_KEY_ID = 'LTAI5tABCDEFGHIJKLMN9xQ'
const SECRET = 'aVerySecretAccessKeySecret'
const LOGSTORE = 'nginx-access'
const MINUTE = 60_000
const VIEW = `${LOGSTORE}.3`
const QUERY = "* | where n = '7'"
/** The line `filter` is of virtual topics only. */
const OF_EVERY_LOGSTORE = FINDINGS.filter((id) => id !== 'filter')

const stepsOf = ({ stdout }: DoctorRun): string =>
  STEPS.map((step) => new RegExp(`([✓✗·]) ${step} `).exec(stdout)?.[1] ?? '?').join('')

function hasNoSecret({ stdout, stderr }: DoctorRun): void {
  for (const secret of [ACCESS_KEY_ID, SECRET]) {
    assert.ok(!stdout.includes(secret) && !stderr.includes(secret), secret)
  }
}

describe('sls-kafka-doctor on the emulator', () => {
  let endpoint: RunningEmulator
  let doctor: Doctor

  before(async () => {
    endpoint = await startEmulator({
      logstores: { [LOGSTORE]: 3, empty: 2 },
      accessKeyId: ACCESS_KEY_ID,
      accessKeySecret: SECRET,
      flags: ['--view', `${VIEW}:n=7`],
    })
    doctor = await Doctor.of(endpoint)
    const logs = Array.from({ length: 60 }, (_, index) => ({ n: String(index), __topic__: 'a' }))
    const old = { shard: 0, groupSize: 20, receiveTime: Date.now() - 5 * MINUTE }
    await endpoint.append(LOGSTORE, logs, old)
    await endpoint.append(LOGSTORE, ['a line', 'and another'], { shard: 1, compression: 'gzip' })
    await endpoint.expireLogs(LOGSTORE, 2)
  })

  afterEach(() => endpoint.clearFaults())

  after(async () => {
    await doctor.stop()
    await endpoint.stop()
  })

  async function commit(group: string, offsets: ReadonlyMap<number, bigint>): Promise<void> {
    const consumer = optionsFor(endpoint, { logstore: LOGSTORE, group })
    const admin = new KafkaAdmin({ consumer, clientId: 'test', logger: SILENT_LOGGER })
    await admin.commit(group, offsets, NO_MEMBER)
    await admin.close()
  }

  it('runs every step and every check, and reports success', async () => {
    const run = await doctor.run(['--logstore', LOGSTORE])
    assert.equal(run.code, 0)
    assert.equal(stepsOf(run), '✓✓✓✓✓✓')
    assert.equal(run.stderr, '')
    hasNoSecret(run)
    const lines = linesOf(run.stdout)
    for (const finding of OF_EVERY_LOGSTORE) assert.ok(lines.get(finding), finding)
    assert.equal(lines.get('filter'), undefined)
    const said: Readonly<Record<string, RegExp>> = {
      'api-versions': /Produce 3–7, Fetch 4–10, .*; and 1 more/,
      writing: /Produce 3–7 is offered, and sls out uses version 7; whether .* was not checked/,
      brokers: new RegExp(`1 = localhost:${endpoint.port}$`),
      shards: /shard 0: from 6717046784 to 6717440000 shard 1: .* shard 2: /,
      'record-format': /format 2, compression none, gzip/,
      'record-shape':
        /of 62 records 2 have a key, 0 have headers; 60 values are JSON.*itself: __topic__/,
      offsets: /; jumps: 2, the largest of 131053; to a multiple of 2\^17: 2; below 2\^53/,
      timestamps: /in milliseconds; the newest is from .*, \d+ s ago/,
      'offsets-by-time': /the first record of that time.*after the last record: none/,
      'expired-offset': /OFFSET_OUT_OF_RANGE/,
      'long-poll': /1000 ms were allowed, .*: honoured/,
      'made-up-project': /only a bootstrap address/,
      'list-logstores': /allowed: 2 listed, this logstore among them/,
    }
    for (const [finding, pattern] of Object.entries(said)) {
      assert.match(lines.get(finding) ?? '', pattern, finding)
    }
  })

  it('names both names of a certificate, and takes the expected one as an option', async () => {
    const wrong = ['--logstore', LOGSTORE, '--server-name', 'sls.example']
    const report = await doctor.report(wrong)
    const { failure } = report.steps.find(({ id }) => id === 'tls') ?? {}
    assert.equal(failure?.code, 'SLS_TLS_FAILED')
    assert.match(failure.text, /\(issued for localhost, \*\.localhost, .*, expected sls\.example\)/)
    const chinese = await doctor.report([...wrong, '--lang', 'zh'])
    const { failure: same } = chinese.steps.find(({ id }) => id === 'tls') ?? {}
    assert.match(same?.text ?? '', /（证书颁发给 localhost, .*，应为 sls\.example）/)
    const right = await doctor.run(['--logstore', LOGSTORE, '--server-name', '127.0.0.1'])
    assert.equal(stepsOf(right), '✓✓✓✓✓✓')
  })

  it('mentions the intranet only for an intranet address', async () => {
    for (const [host, isInside] of [
      ['cn-hangzhou-intranet.log.aliyuncs.com', true],
      ['cn-hangzhou.log.aliyuncs.com', false],
    ] as const) {
      const where = ['--project', HOSTED_PROJECT, '--endpoint', host, '--port', '1']
      const run = await runDoctor([...where, '--logstore', LOGSTORE, '--json'], {
        SLS_ACCESS_KEY_ID: ACCESS_KEY_ID,
        SLS_ACCESS_KEY_SECRET: SECRET,
        NODE_OPTIONS: `--require ${JSON.stringify(require.resolve('../../support/alibaba-hosts'))}`,
        [LOCAL_PORT]: String(endpoint.port),
      })
      const { steps } = JSON.parse(run.stdout) as Report
      const text = steps.find(({ id }) => id === 'port')?.failure?.text ?? ''
      assert.match(text, /open outbound TCP 1;/)
      assert.equal(text.includes('intranet address works only inside'), isInside, text)
    }
  })

  it('trims the AccessKey of the environment', async () => {
    const run = await doctor.run(['--logstore', LOGSTORE], {
      SLS_ACCESS_KEY_ID: ` ${ACCESS_KEY_ID}`,
      SLS_ACCESS_KEY_SECRET: `${SECRET}\r\n`,
    })
    assert.equal(stepsOf(run), '✓✓✓✓✓✓')
    hasNoSecret(run)
  })

  it('only reads: joins no group, commits nothing, leaves no connection', async () => {
    const before = await endpoint.commits()
    await doctor.run(['--logstore', LOGSTORE, '--group', 'never-joined'])
    while ((await endpoint.state()).connections.open > 0);
    const { groups, requests } = await endpoint.state()
    assert.ok(!groups.some(({ id }) => id === 'never-joined'))
    assert.deepEqual(await endpoint.commits(), before)
    const writes = ['JoinGroup', 'SyncGroup', 'Heartbeat', 'LeaveGroup', 'Produce', 'DeleteGroups']
    assert.deepEqual(
      writes.filter((api) => api in requests),
      [],
    )
  })

  it('reports the same findings as JSON', async () => {
    const report = await doctor.report(['--logstore', LOGSTORE])
    assert.equal(report.outcome, 'ok')
    assert.deepEqual(
      report.steps.map(({ id, result }) => `${id} ${result}`),
      STEPS.map((id) => `${id} ok`),
    )
    assert.deepEqual(Object.keys(report.findings), OF_EVERY_LOGSTORE)
    assert.equal(report.target.accessKeyId, 'LTAI****9xQ')
    assert.deepEqual(report.findings['record-format'], {
      result: 'found',
      formats: [2],
      codecs: ['none', 'gzip'],
    })
    assert.deepEqual(report.findings.group, { result: 'skipped', reason: 'no-group' })
  })

  it('uses the names of docs/doctor.md in its JSON', async () => {
    const { findings } = await doctor.report(['--logstore', LOGSTORE, '--group', 'new'])
    const document = readFileSync(join(repositoryRoot(), 'docs', 'doctor.md'), 'utf8')
    const rows = tablesIn(document).at(-1) ?? []
    for (const [id, finding] of Object.entries(findings)) {
      if (finding.result !== 'found') continue
      const documented = codeIn(rows.find(([name]) => name === `\`${id}\``)?.at(-1) ?? '')
      const names = Object.keys(finding).filter((name) => name !== 'result')
      assert.deepEqual(names.sort(), documented.sort(), id)
    }
    const row = rows.find(([name]) => name === '`filter`')
    assert.deepEqual(codeIn(row?.at(-1) ?? ''), ['query'])
  })

  it('describes a group, its delay, and offsets that have expired', async () => {
    const first = 6_717_046_784n
    await commit('known', new Map([0, 1, 2].map((shard) => [shard, shard === 2 ? 5n : first])))
    const { findings } = await doctor.report(['--logstore', LOGSTORE, '--group', 'known'])
    const { groups, group } = findings
    assert.ok(groups?.result === 'found' && group?.result === 'found')
    assert.deepEqual(groups.groups, [{ group: 'known', state: 'Empty', members: 0, shards: 3 }])
    assert.equal(group.state, 'Empty')
    const [old, recent, expired] = group.committed
    assert.ok((old?.behind ?? 0) >= 300 && (old?.behind ?? 0) < 400)
    assert.ok((recent?.behind ?? 999) < 300)
    assert.deepEqual(expired, {
      shard: 2,
      offset: '5',
      next: null,
      behind: null,
      error: 'OFFSET_OUT_OF_RANGE',
    })
  })

  it('reports a refused check as a finding', async () => {
    await endpoint.failRequests('GROUP_AUTHORIZATION_FAILED', { api: 'ListGroups' })
    await endpoint.failRequests('GROUP_AUTHORIZATION_FAILED', { api: 'DescribeGroups' })
    await endpoint.failRequests('TOPIC_AUTHORIZATION_FAILED', { api: 'ListOffsets', shard: 1 })
    const run = await doctor.run(['--logstore', LOGSTORE, '--group', 'known'])
    assert.equal(run.code, 0)
    const lines = linesOf(run.stdout)
    assert.match(lines.get('list-groups') ?? '', /not allowed: GROUP_AUTHORIZATION_FAILED/)
    assert.match(lines.get('groups') ?? '', /groups cannot be listed/)
    assert.match(lines.get('group') ?? '', /cannot be described: GROUP_AUTHORIZATION_FAILED/)
    assert.match(lines.get('shards') ?? '', /shard 1: TOPIC_AUTHORIZATION_FAILED/)
  })

  it('reports the SPL statement of a virtual topic', async () => {
    const run = await doctor.run(['--logstore', VIEW])
    assert.equal(run.code, 0)
    assert.equal(stepsOf(run), '✓✓✓✓✓✓')
    const lines = linesOf(run.stdout)
    assert.match(lines.get('records') ?? '', /checked: 1$/)
    assert.equal(lines.get('filter'), `filter          SLS applies: ${QUERY}`)
    const chinese = await doctor.run(['--logstore', VIEW, '--lang', 'zh'])
    assert.ok(chinese.stdout.includes(`服务端执行的 SPL 语句：${QUERY}`))
    const { findings } = await doctor.report(['--logstore', VIEW])
    assert.deepEqual(findings.filter, { result: 'found', query: QUERY })
  })

  for (const [what, fault] of [
    ['refused', () => endpoint.failRequests(31, { api: 'DescribeConfigs' })],
    ['not offered', () => endpoint.limitVersions({ DescribeConfigs: -1 })],
  ] as const) {
    it(`reports no statement that is ${what}, and continues`, async () => {
      await fault()
      const run = await doctor.run(['--logstore', VIEW])
      assert.equal(run.code, 0)
      assert.equal(linesOf(run.stdout).get('filter'), undefined)
      assert.doesNotMatch(run.stdout, /DescribeConfigs:|CLUSTER_AUTHORIZATION_FAILED/)
      assert.equal(run.stderr, '')
    })
  }

  it('reports that a logstore has no records', async () => {
    const run = await doctor.run(['--logstore', 'empty'])
    assert.equal(run.code, 0)
    const lines = linesOf(run.stdout)
    assert.match(lines.get('records') ?? '', /there is no record yet/)
    assert.match(lines.get('timestamps') ?? '', /unknown, because there are no records/)
    assert.match(lines.get('long-poll') ?? '', /: honoured/)
  })

  const failures: readonly {
    readonly what: string
    readonly args?: readonly string[]
    readonly environment?: Readonly<Record<string, string>>
    readonly fault?: () => Promise<void>
    readonly steps: string
    readonly says: RegExp
  }[] = [
    {
      what: 'a wrong AccessKey',
      environment: { SLS_ACCESS_KEY_SECRET: `wrong-${SECRET}` },
      steps: '✓✓✓✗··',
      says: /access-key .* SLS_AUTH_FAILED: .*LTAI\*{4}9xQ[^]*AliyunLogReadOnlyAccess[^]*Original text:/,
    },
    {
      what: 'an AccessKey that may log in and not read',
      fault: () => endpoint.failRequests('TOPIC_AUTHORIZATION_FAILED', { api: 'Fetch' }),
      steps: '✓✓✓✓✓✗',
      says: /records .* SLS_AUTH_FAILED/,
    },
    {
      what: 'a wrong logstore',
      args: ['--logstore', 'nginx-acces'],
      steps: '✓✓✓✓✗·',
      says: /logstore .* SLS_LOGSTORE_NOT_FOUND: [^]*"nginx-acces"/,
    },
    {
      what: 'a closed port',
      args: ['--bootstrap', 'localhost:1'],
      steps: '✓✗····',
      says: /port .* SLS_UNREACHABLE: .*localhost:1 [^]*see port above/,
    },
  ]
  for (const { what, args = [], environment = {}, fault, steps, says } of failures) {
    it(`stops at ${what}, and shows the meaning and the action to take`, async () => {
      await fault?.()
      const run = await doctor.run(['--logstore', LOGSTORE, ...args], environment)
      assert.equal(run.code, 1)
      assert.equal(stepsOf(run), steps)
      assert.match(run.stdout, says)
      hasNoSecret(run)
    })
  }

  it('reports in Chinese in a Chinese environment', async () => {
    const run = await doctor.run(['--logstore', 'nginx-acces'], { LANG: 'zh_CN.UTF-8' })
    assert.match(run.stdout, /项目 local-project 中没有日志库 nginx-acces。/)
  })
})

describe('sls-kafka-doctor on a service of another kind', () => {
  it('reports timestamps in seconds, offsets above 2^53 and an older record format', async () => {
    const flags = ['--timestamps', 'seconds', '--start-index', '68719476736', '--kafka', '2.1']
    const endpoint = await startEmulator({ logstores: { [LOGSTORE]: 1 }, flags })
    const doctor = await Doctor.of(endpoint)
    try {
      await endpoint.append(LOGSTORE, ['one', 'two'])
      const { findings } = await doctor.report(['--logstore', LOGSTORE])
      const { timestamps, offsets } = findings
      assert.ok(timestamps?.result === 'found' && offsets?.result === 'found')
      assert.equal(timestamps.unit, 'seconds')
      assert.ok(Math.abs(timestamps.ageSeconds) < MINUTE)
      assert.equal(offsets.isAbove2to53, true)
      assert.equal(offsets.lowest, '9007199254740992')
    } finally {
      await doctor.stop()
      await endpoint.stop()
    }
  })
})

describe('sls-kafka-doctor without a service', () => {
  const KEY = { SLS_ACCESS_KEY_ID: ACCESS_KEY_ID, SLS_ACCESS_KEY_SECRET: SECRET }
  const GOOD = ['--project', 'shop-prod', '--endpoint', 'x.invalid', '--logstore', LOGSTORE]

  const cases: readonly [string, readonly string[], Readonly<Record<string, string>>, RegExp][] = [
    ['no AccessKey', GOOD, {}, /^No AccessKey: .*SLS_ACCESS_KEY_ID and SLS_ACCESS_KEY_SECRET/],
    [
      'half an AccessKey',
      GOOD,
      { SLS_ACCESS_KEY_ID: ACCESS_KEY_ID },
      /^The AccessKey is incomplete: .*SLS_ACCESS_KEY_SECRET is not set/,
    ],
    [
      'an AccessKey on the command line',
      [...GOOD, `--access-key-secret=${SECRET}`],
      KEY,
      /^--access-key-secret is not accepted: other users/,
    ],
    [
      'an AccessKey in quotes, as docker --env-file hands it over',
      GOOD,
      { ...KEY, SLS_ACCESS_KEY_SECRET: `"${SECRET}"` },
      /SLS_ACCESS_KEY_SECRET .*quotation mark.*docker run --env-file/,
    ],
    [
      'a server name with a port',
      [...GOOD, '--server-name', 'sls.example:10012'],
      KEY,
      /^--server-name "sls\.example:10012" is not a host name/,
    ],
    ['a secret anywhere', [...GOOD, SECRET], KEY, /that is not an option/],
    ['an unknown option', [...GOOD, '--lgostore', 'x'], KEY, /^Unknown option: --lgostore\./],
    ['an option without its value', ['--project'], KEY, /^The option --project needs a value/],
    ['a language that it has not', [...GOOD, '--lang', 'fr'], KEY, /^--lang "fr" is not one of/],
    ['a file that is not there', [...GOOD, '--ca', '/no/such'], KEY, /\/no\/such cannot be read/],
    [
      'a file that is no certificate',
      [...GOOD, '--ca', __filename],
      KEY,
      /contains no certificate/,
    ],
    [
      'settings by the rules of the nodes',
      ['--project', 'Shop', '--port', '0'],
      KEY,
      /^--project "Shop" is not a valid project name[^]*--endpoint is missing\.[^]*--port "0"[^]*--logstore is missing\./,
    ],
  ]
  for (const [what, args, environment, says] of cases) {
    it(`refuses ${what}`, async () => {
      const run = await runDoctor(args, environment)
      assert.equal(run.code, 2)
      assert.equal(run.stdout, '')
      assert.match(run.stderr, says)
      assert.match(run.stderr, /--help lists the options\.\n$/)
      hasNoSecret(run)
    })
  }

  it('stops at a name that does not resolve', async () => {
    const run = await runDoctor(GOOD, KEY)
    assert.equal(run.code, 1)
    assert.equal(stepsOf(run), '✗·····')
    assert.match(run.stdout, /SLS_HOST_NOT_FOUND: the host name shop-prod\.x\.invalid/)
  })

  it('suggests the region that was probably meant', async () => {
    // Without the domain, so that no server of Alibaba's is asked for the name.
    const where = ['--project', 'shop-prod', '--endpoint', 'cn-hangzou']
    const run = await runDoctor([...where, '--logstore', LOGSTORE], KEY)
    assert.equal(stepsOf(run), '✗·····')
    assert.match(run.stdout.replace(/\s+/g, ' '), /did you mean cn-hangzhou\?/)
  })

  it('lists its options without an AccessKey, in both languages', async () => {
    const english = await runDoctor(['--help'])
    const chinese = await runDoctor(['--help', '--lang', 'zh'])
    const options = ({ stdout }: DoctorRun): string[] => stdout.match(/^ {2}--\w+/gm) ?? []
    assert.equal(english.code, 0)
    assert.equal(options(english).length, 11)
    assert.deepEqual(options(chinese), options(english))
  })
})
