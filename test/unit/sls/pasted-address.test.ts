import assert from 'node:assert/strict'
import { readPastedAddress } from '../../../lib/sls/pasted-address'

const CONSOLE = 'https://sls.console.aliyun.com/lognext/project/shop-prod'
const endpoint = 'cn-hangzhou.log.aliyuncs.com'

describe('sls/pasted-address', () => {
  const cases: readonly [string, string, object | null][] = [
    [
      'a logstore in the console',
      `${CONSOLE}/logsearch/nginx-access?slsRegion=cn-hangzhou`,
      { project: 'shop-prod', endpoint, logstore: 'nginx-access' },
    ],
    [
      'the same with more behind it, copied with spaces',
      `  ${CONSOLE}/logsearch/nginx-access?accounttraceid=1&slsRegion=cn-hangzhou#x \n`,
      { project: 'shop-prod', endpoint, logstore: 'nginx-access' },
    ],
    [
      'the overview of a project',
      `${CONSOLE}/overview?slsRegion=cn-hangzhou`,
      { project: 'shop-prod', endpoint },
    ],
    ['an address without a region', CONSOLE, { project: 'shop-prod' }],
    [
      'the international console',
      'https://sls.console.alibabacloud.com/lognext/project/shop-prod/logsearch/a_b-c?slsRegion=eu-central-1',
      { project: 'shop-prod', endpoint: 'eu-central-1.log.aliyuncs.com', logstore: 'a_b-c' },
    ],
    [
      'a host with the project in front',
      'https://shop-prod.cn-hangzhou-intranet.log.aliyuncs.com:10011/',
      { project: 'shop-prod', endpoint: 'cn-hangzhou-intranet.log.aliyuncs.com' },
    ],
    ['the name of a project', 'shop-prod', null],
    ['an endpoint', endpoint, null],
    ['an endpoint with a scheme', `https://${endpoint}`, null],
    ['a host that is not of SLS', 'shop-prod.example.com', null],
    [
      'another site with such a path',
      'https://console.aliyun.com.evil.com/lognext/project/shop-prod',
      null,
    ],
    [
      'a project that cannot be one',
      'https://sls.console.aliyun.com/lognext/project/A?slsRegion=x',
      null,
    ],
    [
      'a broken escape',
      'https://sls.console.aliyun.com/lognext/project/%E0%A4%A/logsearch/x',
      null,
    ],
    ['a variable', '${SLS_PROJECT}', null],
    ['nothing', '', null],
  ]
  for (const [what, text, expected] of cases) {
    it(`reads ${what}`, () => {
      assert.deepEqual(readPastedAddress(text), expected)
    })
  }

  it('leaves out a region that cannot be one', () => {
    assert.deepEqual(readPastedAddress(`${CONSOLE}?slsRegion=evil.com/`), { project: 'shop-prod' })
  })
})
