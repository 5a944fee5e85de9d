import assert from 'node:assert/strict'
import { installMembershipHooks } from '../../../../lib/kafka/hardening/membership-hooks'
import * as refusedJoins from '../../../../lib/kafka/hardening/refused-joins'
import type { ClusterInternals } from '../../../../lib/kafka/internals'
import { kafkajsWith } from '../../../support/kafkajs-modules'

interface Group {
  joinAndSync(): Promise<void>
}

const NOT_COORDINATOR = 16
const JOINS = 3

/** What the membership is told while joins are refused by who is not the coordinator. */
async function told(isFixed: boolean): Promise<string[]> {
  const modules = isFixed ? kafkajsWith(refusedJoins) : kafkajsWith()
  const { createErrorFromCode } = modules.load('src/protocol/error.js') as {
    createErrorFromCode: (code: number) => Error
  }
  const silent = (): void => undefined
  const lines: string[] = []
  const cluster = {
    findGroupCoordinator: () =>
      Promise.resolve({ joinGroup: () => Promise.reject(createErrorFromCode(NOT_COORDINATOR)) }),
  }
  const Group = modules.load(refusedJoins.file) as new (options: object) => Group
  const group = new Group({
    logger: { namespace: () => ({ info: silent, debug: silent }) },
    assigners: [],
    topics: ['t'],
    retry: { retries: JOINS - 1, initialRetryTime: 1, maxRetryTime: 1 },
    cluster,
  })
  installMembershipHooks(cluster as unknown as ClusterInternals, {
    beforeRejoin: () => Promise.resolve(),
    beforeLeave: () => Promise.resolve(),
    onJoining: silent,
    onJoinFailed: (error, isRetried) =>
      lines.push(`${(error as { type: string }).type} ${isRetried ? 'retried' : 'the end'}`),
    onFetch: silent,
    onFetchFailed: silent,
    onShardFailed: silent,
    onPositionReset: silent,
  })
  await assert.rejects(group.joinAndSync())
  return lines
}

describe('kafka/hardening/refused-joins', () => {
  it('stock: joins again and again without a word', async () => {
    assert.deepEqual(await told(false), [])
  })

  it('fixed: tells each time', async () => {
    assert.deepEqual(await told(true), Array(JOINS).fill('NOT_COORDINATOR_FOR_GROUP retried'))
  })
})
