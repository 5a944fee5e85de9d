import assert from 'node:assert/strict'
import {
  REGIONS,
  endpointOf,
  findRegions,
  isAlibabaHost,
  readEndpoint,
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

  it('offers all of them to an empty field and beside one that is chosen', () => {
    assert.equal(findRegions('').length, REGIONS.length)
    assert.equal(findRegions('cn-hangzhou-intranet.log.aliyuncs.com').length, REGIONS.length)
    assert.equal(findRegions('cn-nowhere.log.aliyuncs.com').length, 0)
  })

  it('names the endpoint of each and reads it back', () => {
    for (const { id } of REGIONS) {
      for (const network of ['public', 'intranet'] as const) {
        assert.deepEqual(readEndpoint(endpointOf(id, network)), { region: id, network })
      }
    }
    assert.deepEqual(readEndpoint('cn-hangzhou-internal.log.aliyuncs.com')?.network, 'intranet')
    assert.equal(readEndpoint('sls.example.com'), null)
  })

  it('tells hosts of Alibaba from look-alikes', () => {
    assert.ok(isAlibabaHost('shop-prod.cn-hangzhou.log.aliyuncs.com'))
    for (const host of ['log.aliyuncs.com.evil.com', 'evil-log.aliyuncs.com', 'aliyuncs.com']) {
      assert.ok(!isAlibabaHost(host), host)
    }
  })
})
