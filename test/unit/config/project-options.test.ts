import assert from 'node:assert/strict'
import {
  compileProjectOptions,
  serverName,
  startTarget,
  type ProjectSettings,
  type TlsOptions,
} from '../../../lib/config/project-options'

const SETTINGS = {
  project: 'shop-prod',
  endpoint: 'cn-hangzhou.log.aliyuncs.com',
  accessKeyId: 'id',
  accessKeySecret: 'secret',
} as const

function problemsOf(changes: ProjectSettings, tls: TlsOptions = {}): string[] {
  const compiled = compileProjectOptions({ ...SETTINGS, ...changes }, tls, {})
  return 'problems' in compiled
    ? compiled.problems.map(({ field, reason }) => `${field}: ${reason}`)
    : []
}

describe('config/project-options', () => {
  it('compiles complete options', () => {
    const compiled = compileProjectOptions(SETTINGS, { ca: 'pem' }, {})
    assert.deepEqual(compiled, {
      options: {
        project: 'shop-prod',
        address: { host: 'shop-prod.cn-hangzhou.log.aliyuncs.com', port: 10012 },
        bootstrap: null,
        accessKey: { id: 'id', secret: 'secret' },
        login: { username: 'shop-prod', password: 'id#secret' },
        tls: { ca: 'pem' },
      },
    })
  })

  it('requires no endpoint if a bootstrap is set', () => {
    assert.deepEqual(problemsOf({ endpoint: '', bootstrap: 'localhost:10012' }), [])
  })

  const cases: readonly [string, ProjectSettings, string][] = [
    ['a missing project', { project: '' }, 'project: missing'],
    ['an impossible project', { project: 'Shop' }, 'project: project-name'],
    ['a missing endpoint', { endpoint: undefined }, 'endpoint: missing'],
    ['an impossible endpoint', { endpoint: 'cn hangzhou' }, 'endpoint: endpoint'],
    ['an impossible port', { port: '70000' }, 'port: number'],
    ['a bootstrap without a port', { bootstrap: 'localhost' }, 'bootstrap: bootstrap'],
    ['a server name with a port', { serverName: 'sls.example:443' }, 'serverName: server-name'],
    ['a server name with a scheme', { serverName: 'https://x' }, 'serverName: server-name'],
    ['a list as the server name', { serverName: ['x'] }, 'serverName: not-text'],
    ['half an AccessKey', { accessKeySecret: '' }, 'accessKey: access-key'],
    ['an unset variable', { project: '${NOT_SET}' }, 'project: variable-not-set'],
    ['a variable in a longer text', { project: 'shop-${ENV}' }, 'project: variable-in-text'],
    ['a list as the endpoint', { endpoint: ['x'] }, 'endpoint: not-text'],
    ['an object as the port', { port: {} }, 'port: not-text'],
    ['a boolean as the bootstrap', { bootstrap: true }, 'bootstrap: not-text'],
    ['an AccessKey ID in quotes', { accessKeyId: '"LTAI5t"' }, 'accessKeyId: access-key-quotes'],
    [
      'an AccessKey Secret in quotes',
      { accessKeySecret: "'quoted'" },
      'accessKeySecret: access-key-quotes',
    ],
  ]
  for (const [what, changes, problem] of cases) {
    it(`reports ${what}`, () => {
      assert.deepEqual(problemsOf(changes), [problem])
    })
  }

  describe('server name', () => {
    const endpoint = 'shop-prod.cn-hangzhou.log.aliyuncs.com'
    const bootstrap = 'vpc.example:443'
    const rows: readonly [string, ProjectSettings, TlsOptions, string][] = [
      [
        'that is typed',
        { bootstrap, serverName: 'sls.example' },
        { servername: 'x' },
        'sls.example',
      ],
      ['of the tls-config', { bootstrap }, { servername: 'tls.example' }, 'tls.example'],
      ['of the endpoint', { bootstrap, serverName: ' ' }, {}, endpoint],
      ['of the endpoint in an old flow', { bootstrap }, {}, endpoint],
      ['of the bootstrap host', { endpoint: '', bootstrap }, {}, 'vpc.example'],
      ['that is an IP address', { bootstrap, serverName: '::1' }, {}, '::1'],
    ]
    for (const [what, changes, tls, name] of rows) {
      it(`is the one ${what}`, () => {
        const compiled = compileProjectOptions({ ...SETTINGS, ...changes }, tls, {})
        assert.ok('options' in compiled)
        assert.equal(startTarget(compiled.options).tls.servername, name)
        assert.equal(serverName(compiled.options, 'vpc.example'), name)
      })
    }
  })

  it('names the environment variable that is in quotes, and never its value', () => {
    const environment = { SLS_ACCESS_KEY_ID: 'id', SLS_ACCESS_KEY_SECRET: '"KEEP-THIS"\n' }
    const { project, endpoint } = SETTINGS
    assert.deepEqual(compileProjectOptions({ project, endpoint }, {}, environment), {
      problems: [{ field: 'SLS_ACCESS_KEY_SECRET', reason: 'access-key-quotes' }],
    })
  })

  it('shows nothing of a secret that is no text', () => {
    const settings = { ...SETTINGS, accessKeySecret: ['KEEP-THIS'] }
    const compiled = compileProjectOptions(settings, {}, {})
    assert.ok('problems' in compiled)
    assert.equal(compiled.problems[0]?.reason, 'not-text')
    assert.ok(!JSON.stringify(compiled).includes('KEEP-THIS'))
    const part = compileProjectOptions({ ...SETTINGS, accessKeySecret: 'KEEP-THIS${X}' }, {}, {})
    assert.ok('problems' in part)
    assert.equal(part.problems[0]?.reason, 'variable-in-text')
    assert.ok(!JSON.stringify(part).includes('KEEP-THIS'))
  })

  it('refuses a disabled certificate check', () => {
    assert.deepEqual(problemsOf({}, { rejectUnauthorized: false }), ['tls: certificate-check-off'])
  })

  it('names the variable that is not set, and does not send it as the secret', () => {
    const compiled = compileProjectOptions({ ...SETTINGS, accessKeySecret: '${SECRET}' }, {}, {})
    assert.deepEqual(compiled, {
      problems: [
        { field: 'accessKeySecret', reason: 'variable-not-set', params: { variable: 'SECRET' } },
      ],
    })
  })
})
