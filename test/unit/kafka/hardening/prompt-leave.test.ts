import assert from 'node:assert/strict'
import * as promptLeave from '../../../../lib/kafka/hardening/prompt-leave'
import { kafkajsWith } from '../../../support/kafkajs-modules'

interface ConsumerGroup {
  coordinator: unknown
  memberId: string | null
  leave(): Promise<void>
  heartbeat(options: { interval: number }): Promise<void>
}

interface Runner {
  running: boolean
  fetchManager: { stop(): Promise<void> }
  stop(): Promise<void>
}

const silent = (): void => undefined
const logger = { info: silent, debug: silent, namespace: (): object => logger }

/** A member whose coordinator has not answered yet, and what it was asked. */
function member(isFixed: boolean): { group: ConsumerGroup; asked: string[]; answer: () => void } {
  const modules = isFixed ? kafkajsWith(promptLeave) : kafkajsWith()
  const Group = modules.load(promptLeave.file) as new (options: object) => ConsumerGroup
  const group = new Group({ logger, groupId: 'g', instrumentationEmitter: { emit: silent } })
  const asked: string[] = []
  let answer = silent
  const answered = new Promise<void>((resolve) => {
    answer = resolve
  })
  const ask = (what: string) => (): Promise<void> => {
    asked.push(what)
    return answered
  }
  group.memberId = 'm'
  group.coordinator = { leaveGroup: ask('leave'), heartbeat: ask('heartbeat') }
  return { group, asked, answer }
}

describe('kafka/hardening/prompt-leave', () => {
  it('stock: a client that is stopped leaves only after the fetch under way', async () => {
    const asked: string[] = []
    const Runner = kafkajsWith().load('src/consumer/runner.js') as new (options: object) => Runner
    const consumerGroup = {
      leave: () => {
        asked.push('leave')
        return Promise.resolve()
      },
    }
    const runner = new Runner({ logger, consumerGroup })
    runner.running = true
    let endFetch = silent
    runner.fetchManager.stop = () =>
      new Promise((resolve) => {
        endFetch = resolve
      })
    const stopped = runner.stop()
    await new Promise((resolve) => setImmediate(resolve))
    assert.deepEqual(asked, [])
    endFetch()
    await stopped
    assert.deepEqual(asked, ['leave'])
  })

  it('stock: sends heartbeats and leaves again while it leaves', async () => {
    const { group, asked, answer } = member(false)
    const all = [group.leave(), group.heartbeat({ interval: 0 }), group.leave()]
    answer()
    await Promise.all(all)
    assert.deepEqual(asked, ['leave', 'heartbeat', 'leave'])
  })

  it('fixed: is nobody from the moment that it leaves', async () => {
    const { group, asked, answer } = member(true)
    const all = [group.leave(), group.heartbeat({ interval: 0 }), group.leave()]
    assert.equal(group.memberId, null)
    answer()
    await Promise.all(all)
    assert.deepEqual(asked, ['leave'])
  })
})
