import assert from 'node:assert/strict'
import { ACCESS_KEY, assertOneLine, BadInputRig, LOGSTORE, RIGHT } from '../support/bad-input-rig'

describe('bad input', () => {
  const bad = BadInputRig.forAll()

  describe('in records with the format json', () => {
    const BAD = 'not JSON {'

    it('is reported and skipped: a value that is not JSON, and an empty one', async () => {
      const { port } = await bad.start()
      const node = await bad.node()
      await node.deploy(bad.at(port), { consumer: { ...RIGHT.consumer, format: 'json' } })
      await node.recovers()
      await bad.emulator.append(LOGSTORE, [BAD, BAD, '', '', '{"good": 1}'], { shard: 0 })

      const caught = await node.caught('SLS_DECODE_FAILED')
      assert.deepEqual(
        [caught.payload, caught.value, caught.topic, caught.partition],
        [BAD, BAD, LOGSTORE, 0],
      )
      const empty = await node.caught('SLS_VALUE_EMPTY')
      assert.deepEqual([empty.payload, empty.value, empty.topic], ['', '', LOGSTORE])
      await node.shows({ code: 'SLS_VALUE_EMPTY', statusText: 'not-json', state: 'consuming' })

      const [good] = await node.records.waitFor(2)
      assert.deepEqual(good?.payload, { good: 1 })
      assert.equal(node.caughtErrors.length, 4, 'errors at the Catch node')
      assertOneLine(node, 'SLS_DECODE_FAILED')
      assertOneLine(node, 'SLS_VALUE_EMPTY')

      await node.recovers()
      assert.equal(node.records.messages.length, 2, 'records of the flow')
      node.assertTellsNothingOf(ACCESS_KEY.accessKeySecret)
      assert.equal(await node.stop(), 0, 'exit code of Node-RED')
    })
  })
})
