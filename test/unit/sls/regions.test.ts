import assert from 'node:assert/strict'
import {
  REGIONS,
  endpointOf,
  findRegions,
  isAlibabaHost,
  misspeltRegion,
  readEndpoint,
  similarRegion,
} from '../../../lib/sls/regions'

const idsFor = (text: string): string[] => findRegions(text).map(({ id }) => id)

describe('sls/regions', () => {
  it('lists each region once, with a name in both languages', () => {
    assert.equal(new Set(REGIONS.map(({ id }) => id)).size, REGIONS.length)
    for (const { id, en, zh } of REGIONS) {
      assert.match(en, /^[A-Z]/, id)
      assert.match(zh, /\p{Script=Han}/u, id)
    }
  })

  it('finds a region by its id and by its name in either language', () => {
    for (const text of ['cn-hangz', 'hangzhou', 'CHINA hangz', '杭州', '华东1']) {
      assert.deepEqual(idsFor(text), ['cn-hangzhou'], text)
    }
    assert.deepEqual(idsFor('sao'), ['sa-east-1'])
    assert.deepEqual(idsFor('atlantis'), [])
  })

  it('offers all regions for an empty text or a chosen endpoint', () => {
    assert.equal(findRegions('').length, REGIONS.length)
    assert.equal(findRegions('cn-hangzhou-intranet.log.aliyuncs.com').length, REGIONS.length)
    assert.equal(findRegions('cn-nowhere.log.aliyuncs.com').length, 0)
  })

  it('reads back the endpoint of each region', () => {
    for (const { id } of REGIONS) {
      for (const network of ['public', 'intranet'] as const) {
        assert.deepEqual(readEndpoint(endpointOf(id, network)), { region: id, network })
      }
    }
    assert.deepEqual(readEndpoint('cn-hangzhou-internal.log.aliyuncs.com')?.network, 'intranet')
    assert.equal(readEndpoint('sls.example.com'), null)
  })

  const misspelt: readonly [string, string, number][] = [
    ['cn-hangzou', 'cn-hangzhou', 1],
    ['cn-hangzohu', 'cn-hangzhou', 1],
    ['cn-hangzhouu', 'cn-hangzhou', 1],
    ['cn-hamgzou', 'cn-hangzhou', 2],
    ['ap-sotheast-1', 'ap-southeast-1', 1],
    ['cnhangzhou', 'cn-hangzhou', 1],
    ['eu-centrl-1', 'eu-central-1', 1],
  ]
  for (const [id, right, edits] of misspelt) {
    it(`finds ${right} for the misspelt ${id}`, () => {
      assert.deepEqual(similarRegion(id), { right, edits })
    })
  }

  it('finds no misspelt region in a known one, a very different one, or one with another number', () => {
    const ids = [
      'cn-hangzhou',
      'cn-wuhan',
      'ap-southeast-2',
      'us-west-2',
      'ap-southeast-11',
      'x',
      '',
    ]
    for (const id of ids) assert.equal(similarRegion(id), null, id)
  })

  it('finds the misspelt region in a host and in an endpoint', () => {
    const found = { region: 'cn-hangzou', right: 'cn-hangzhou', edits: 1 }
    for (const host of [
      'shop-prod.cn-hangzou.log.aliyuncs.com',
      'cn-hangzou-intranet.log.aliyuncs.com',
      'shop-prod.cn-hangzou',
      'cn-hangzou',
    ]) {
      assert.deepEqual(misspeltRegion(host), found, host)
    }
    for (const host of ['shop.cn-hangzhou.log.aliyuncs.com', 'cn-hangzou.example.com', '::1']) {
      assert.equal(misspeltRegion(host), null, host)
    }
  })

  it('distinguishes hosts of Alibaba from similar hosts', () => {
    assert.ok(isAlibabaHost('shop-prod.cn-hangzhou.log.aliyuncs.com'))
    for (const host of ['log.aliyuncs.com.evil.com', 'evil-log.aliyuncs.com', 'aliyuncs.com']) {
      assert.ok(!isAlibabaHost(host), host)
    }
  })
})
