import assert from 'node:assert/strict'
import { ConfigResourceTypes } from 'kafkajs'
import type { Emulator } from '../../../tools/emulator/emulator'
import { ErrorCode } from '../../../tools/emulator/protocol/error-codes'
import type { Log } from '../../../tools/emulator/store/log'
import { startEmulator } from '../../../tools/emulator/process'
import { kafkaClient, startEndpoint } from './support/endpoint'
import { fetchBody, fetchShards } from './support/fetch'
import { RawClient } from './support/raw-client'

const WEB = 'web-log'
const VIEW = `${WEB}.3`
const FIRST = 51247n << 17n
const GROUP = 1n << 17n
const FETCH = 1
const LONG_MS = 60_000
const FLAGS = ['--logstore', `${WEB}:1`, '--view', `${VIEW}:status=500`]
const QUERY = "* | where status = '500'"

describe('virtual topics', () => {
  let endpoint: Emulator
  let client: RawClient | undefined

  const append = (...statuses: string[]): void => {
    const logs = statuses.map((status): Log => ({ time: 1, fields: [['status', status]] }))
    endpoint.project.logstore(WEB)?.append(logs, { shard: 0, groupSize: 1 })
  }
  const connect = async (): Promise<RawClient> => {
    client = await (await RawClient.connect(endpoint)).login(endpoint)
    return client
  }

  afterEach(async () => {
    client?.close()
    client = undefined
    await endpoint.stop()
  })

  it('serve the passing logs of their logstore, with its offsets and its end', async () => {
    endpoint = await startEndpoint(FLAGS)
    append('200', '500', '404')
    const [shard] = await fetchShards(await connect(), VIEW, { offsets: [FIRST] })
    assert.deepEqual(shard, { error: 0, highWatermark: FIRST + 3n * GROUP, values: ['500'] })
    const admin = kafkaClient(endpoint).admin()
    await admin.connect()
    const ends = [await admin.fetchTopicOffsets(VIEW), await admin.fetchTopicOffsets(WEB)]
    assert.deepEqual(ends[0], ends[1])
    await admin.disconnect()
  })

  it('wait for the next passing log where filtered groups are dropped', async () => {
    endpoint = await startEndpoint([...FLAGS, '--filtered', 'dropped-group'])
    append('200')
    const raw = await connect()
    raw.send(FETCH, 4, fetchBody(VIEW, { offsets: [FIRST], maxWaitMs: LONG_MS }))
    const answer = raw.receive()
    append('404')
    setImmediate(() => {
      append('500')
    })
    assert.ok((await answer).includes('500'))
  })

  it('are unknown topics until they are added, and again once they are removed', async () => {
    endpoint = await startEndpoint(FLAGS)
    const raw = await connect()
    const errorOf = async (name: string): Promise<number | undefined> =>
      (await fetchShards(raw, name, { offsets: [FIRST], minBytes: 0 }))[0]?.error
    assert.equal(await errorOf(`${WEB}.4`), ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)
    assert.equal(await errorOf(`${WEB}.03`), ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)
    assert.equal(await errorOf(VIEW), ErrorCode.NONE)
    endpoint.project.logstore(WEB)?.removeView(3)
    assert.equal(await errorOf(VIEW), ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)
  })

  it('keep what groups commit for them apart from what they commit for the logstore', async () => {
    endpoint = await startEndpoint(FLAGS)
    append('500')
    const admin = kafkaClient(endpoint).admin()
    await admin.connect()
    const partitions = [{ partition: 0, offset: String(FIRST + 1n) }]
    await admin.setOffsets({ groupId: 'g', topic: VIEW, partitions })
    const offsets = await admin.fetchOffsets({ groupId: 'g', topics: [VIEW, WEB] })
    const committed = offsets.map(({ topic, partitions: [one] }) => [topic, one?.offset])
    assert.deepEqual(committed, [
      [VIEW, String(FIRST + 1n)],
      [WEB, '-1'],
    ])
    await admin.disconnect()
  })

  it('take no logs', async () => {
    endpoint = await startEndpoint(FLAGS)
    const producer = kafkaClient(endpoint, { retry: { retries: 0 } }).producer()
    await producer.connect()
    await assert.rejects(producer.send({ topic: VIEW, messages: [{ value: 'x' }] }), /policy/)
    await producer.disconnect()
    assert.equal(endpoint.project.logstore(WEB)?.shard(0).logs, 0)
  })

  for (const version of [0, 1, 2]) {
    it(`show their statement by DescribeConfigs ${version}, which a logstore does not have`, async () => {
      endpoint = await startEndpoint([...FLAGS, '--max-version', `DescribeConfigs=${version}`])
      const admin = kafkaClient(endpoint).admin()
      await admin.connect()
      const describe = async (name: string, configNames?: string[]): Promise<unknown[]> => {
        const resource = {
          type: ConfigResourceTypes.TOPIC,
          name,
          ...(configNames && { configNames }),
        }
        const { resources } = await admin.describeConfigs({
          includeSynonyms: false,
          resources: [resource],
        })
        return (
          resources[0]?.configEntries.map((entry) => [entry.configName, entry.configValue]) ?? []
        )
      }
      assert.deepEqual(await describe(VIEW, ['query']), [['query', QUERY]])
      assert.deepEqual(await describe(VIEW), [['query', QUERY]])
      assert.deepEqual(await describe(VIEW, ['retention.ms']), [])
      assert.deepEqual(await describe(WEB), [])
      await assert.rejects(describe(`${WEB}.4`), /does not host this topic/)
      await admin.disconnect()
    })
  }

  it('are refused at the start for a logstore that is not there, or a second time', async () => {
    endpoint = await startEndpoint(FLAGS)
    const flags = ['--logstore', 'other:1', '--view', `${VIEW}:status=500`]
    await assert.rejects(
      startEndpoint(flags),
      /there is no logstore web-log for its view web-log.3/,
    )
    const twice = [...FLAGS, '--view', `${VIEW}:status=404`]
    await assert.rejects(startEndpoint(twice), /view web-log.3 exists already/)
  })
})

describe('control of virtual topics in another process', () => {
  it('adds, shows and removes them, and says what is wrong with a definition', async () => {
    const emulator = await startEmulator({ logstores: { [WEB]: 1 }, flags: ['--filtered', 'gap'] })
    try {
      const where = { field: 'status', equals: '500' }
      assert.equal(await emulator.addView(WEB, { id: 3, where }), QUERY)
      const filtered = 'dropped-group'
      await emulator.addView(WEB, { id: 0, where, project: ['content'], filtered })
      const [logstore] = (await emulator.state()).logstores
      assert.deepEqual(logstore?.views, [
        { id: 3, query: QUERY, filtered: 'gap' },
        { id: 0, query: `${QUERY} | project content`, filtered },
      ])
      await assert.rejects(emulator.addView(WEB, { id: 3, where }), /web-log.3 exists already/)
      await assert.rejects(emulator.addView(WEB, { id: 32, where }), /from 0 to 31/)
      await assert.rejects(emulator.addView('nowhere', { id: 1, where }), /no logstore nowhere/)
      await emulator.removeView(WEB, 3)
      await assert.rejects(emulator.removeView(WEB, 3), /there is no view web-log.3/)
    } finally {
      await emulator.stop()
    }
  })
})
