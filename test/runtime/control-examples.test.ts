import assert from 'node:assert/strict'
import type { FlowNode, SinkMessage } from '../../tools/shared/node-red'
import { fillIn, listenedTo, readExample } from './support/example'
import { ExampleRig, GROUP, LOGSTORE, WAIT_MS } from './support/example-rig'

const HOUR_MS = 3_600_000

function named(example: readonly FlowNode[], name: string): FlowNode {
  return example.find((node) => node['name'] === name) ?? assert.fail(`no ${name}`)
}

describe('examples with sls control', () => {
  const rig = ExampleRig.forAll()

  describe('16: pause at night', () => {
    const example = readExample('16')

    it('pauses at 22:00 and reads again at 06:00', () => {
      const times = ['22:00', '06:00'].map((name) => named(example, name)['crontab'])
      assert.deepEqual(times, ['00 22 * * *', '00 06 * * *'])
    })

    it('sends nothing in between, and everything afterwards', async () => {
      await rig.deployReading('16')
      await rig.nodeRed.inject(named(example, '22:00').id)
      const [paused] = await rig.arrivedAt('result', 1)
      assert.deepEqual(answer(paused), [['pause', true]])
      await rig.nodeRed.waitForLog(/\[sls-kafka-in:my logstore\] paused$/, WAIT_MS)
      await rig.emulator.append(LOGSTORE, ['at night', 'also'])
      assert.equal(rig.at('records').length, 0)
      await rig.nodeRed.inject(named(example, '06:00').id)
      await rig.arrivedAt('records', 2)
      assert.deepEqual(answer(rig.at('result').at(-1)), [['resume', true]])
      assert.equal(rig.at('problems').length, 0)
    })

    it('imported twice pauses each copy by itself', async () => {
      const from = rig.nodeRed.logs().length
      // As an import does it: an id that is taken is replaced wherever it stands as a property of a
      // node that says so.
      const copies = ['a', 'b'].map((copy) => {
        const text = JSON.stringify(example).replaceAll('c1a5f0e2d3b416', `c1a5f0e2d3b4${copy}6`)
        const filledIn = { service: rig.emulator, logstore: LOGSTORE, group: `${GROUP}-${copy}` }
        return fillIn(JSON.parse(text) as FlowNode[], filledIn)
      })
      const [first = [], second = []] = copies
      // All examples share their project, and the editor keeps the one that is there.
      const others = second.filter(({ id }) => !first.some((node) => node.id === id))
      await rig.nodeRed.deploy(listenedTo([...first, ...others], rig.sink))
      for (const copy of ['a', 'b']) {
        const joined = new RegExp(`joined group ${GROUP}-${copy} on`)
        await rig.nodeRed.waitForLog(joined, WAIT_MS, from)
      }
      await rig.nodeRed.inject(named(second, '22:00').id)
      const [paused] = await rig.arrivedAt('result', 1)
      const [{ id }] = paused?.payload as [{ id: string }]
      assert.equal(id, named(second, 'my logstore').id)
      await rig.emulator.append(LOGSTORE, ['one'])
      const [record] = await rig.arrivedAt('records', 1)
      assert.equal(record?.kafka?.['group'], `${GROUP}-a`)
    })
  })

  describe('17: alert when the delay exceeds a minute', () => {
    const example = readExample('17')
    const ask = (): Promise<void> => rig.nodeRed.inject(named(example, 'every 10 s').id)

    it('reports once that reading is late, and that it is in time again', async () => {
      await rig.deployReading('17', {
        consumer: { maxRate: '1' },
        variables: { LATE_SECONDS: '3' },
        alsoAt: ['each node'],
      })
      await ask()
      await rig.arrivedAt('alert', 1)
      const late = Array.from({ length: 20 }, (_, index) => `line ${index}`)
      await rig.emulator.append(LOGSTORE, late, { shard: 0, time: Date.now() - HOUR_MS })
      await rig.arrivedAt('records', 6)
      await ask()
      await rig.arrivedAt('alert', 2)
      await ask()
      await rig.arrivedAt('records', late.length)
      // It asks by itself every 10 s.
      const told = await rig.arrivedAt('alert', 3)
      assert.deepEqual(
        told.map(({ payload }) => payload),
        [
          'my logstore reads in time',
          'my logstore is more than 3 s late',
          'my logstore reads in time',
        ],
      )
      assert.equal(rig.at('problems').length, 0)
    })
  })

  function answer(message: SinkMessage | undefined): [string, boolean][] {
    const answers = message?.payload as readonly { action: string; ok: boolean }[]
    return answers.map(({ action, ok }) => [action, ok])
  }
})
