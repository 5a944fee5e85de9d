import assert from 'node:assert/strict'
import { AdminRig, LOGSTORE, type Fields } from '../support/admin-rig'

const SETTINGS = { format: 'auto', emit: 'record', batchSize: '', commit: 'onSend' }
const VIEW = `${LOGSTORE}.3`

describe('the preview of a virtual topic', () => {
  const admin = AdminRig.forAll('/sls-kafka-in/preview')
  let query: string

  before(async () => {
    const where = { field: 'status', equals: '500' }
    query = await admin.emulator.addView(LOGSTORE, { id: 3, where })
  })

  afterEach(() => admin.emulator.clearFaults())

  const preview = async (logstore: string): Promise<readonly object[]> => {
    const typed: Fields = { ...admin.typed, ...SETTINGS, group: '', logstore }
    return (await admin.post(typed)).lines
  }

  it('begins with the statement that the service applies, also where no log passes', async () => {
    assert.deepEqual(await preview(VIEW), [{ filter: query }])
    await admin.emulator.append(LOGSTORE, [{ status: '200' }, { status: '500' }])
    const [filter, ...messages] = await preview(VIEW)
    assert.deepEqual(filter, { filter: query })
    assert.equal(messages.length, 1)
    assert.match(JSON.stringify(messages), /500/)
  })

  it('has no statement where the service refuses to show it, or does not offer to', async () => {
    await admin.emulator.failRequests('CLUSTER_AUTHORIZATION_FAILED', { api: 'DescribeConfigs' })
    const refused = await preview(VIEW)
    assert.ok(refused.length > 0 && refused.every((line) => !('filter' in line)))
    await admin.emulator.limitVersions({ DescribeConfigs: -1 })
    assert.equal((await preview(VIEW)).length, refused.length)
  })

  it('keeps the statement where the logs cannot be read', async () => {
    await admin.emulator.failRequests('TOPIC_AUTHORIZATION_FAILED', { api: 'Fetch' })
    const [filter, failure] = await preview(VIEW)
    assert.deepEqual(filter, { filter: query })
    assert.ok(failure && 'failure' in failure)
  })

  it('asks for no statement of a logstore', async () => {
    const asked = async (): Promise<number> =>
      (await admin.emulator.state()).requests['DescribeConfigs'] ?? 0
    const before = await asked()
    await preview(LOGSTORE)
    assert.equal(await asked(), before)
  })
})
