import assert from 'node:assert/strict'
import * as coordinator from '../../../../lib/kafka/hardening/coordinator'
import { kafkajsWith } from '../../../support/kafkajs-modules'

interface Cluster {
  brokerPool: object
  refreshMetadata(): Promise<void>
  findGroupCoordinator(request: { groupId: string }): Promise<unknown>
}

const NOT_AVAILABLE = 15
const NOT_ALLOWED = 30
const RETRIES = 3

/** What is told of a coordinator that the service refuses to name, and how often it was asked. */
async function refused(isFixed: boolean, code: number): Promise<{ reason: string; asked: number }> {
  const modules = isFixed ? kafkajsWith(coordinator) : kafkajsWith()
  const { createErrorFromCode } = modules.load('src/protocol/error.js') as {
    createErrorFromCode: (code: number) => Error
  }
  const silent = (): void => undefined
  const Cluster = modules.load(coordinator.file) as new (options: object) => Cluster
  const cluster = new Cluster({
    logger: { namespace: () => ({ debug: silent, error: silent }) },
    brokers: ['localhost:1'],
    retry: { retries: RETRIES, initialRetryTime: 1, maxRetryTime: 1 },
  })
  let asked = 0
  const broker = {
    findGroupCoordinator: () => {
      asked++
      return Promise.reject(createErrorFromCode(code))
    },
  }
  const { withBroker } = cluster.brokerPool as { withBroker: (call: unknown) => Promise<unknown> }
  cluster.brokerPool = {
    brokers: { 1: broker },
    findBroker: () => Promise.resolve(broker),
    withBroker,
  }
  cluster.refreshMetadata = () => Promise.resolve()
  const error = await cluster.findGroupCoordinator({ groupId: 'g' }).then(
    () => assert.fail('found'),
    (reason: unknown) => reason as Error,
  )
  const { type } = (error.cause ?? error) as { type?: string }
  return { reason: type ?? error.message, asked }
}

describe('kafka/hardening/coordinator', () => {
  it('stock: asks again and again for one that is not available', async () => {
    const { asked } = await refused(false, NOT_AVAILABLE)
    assert.equal(asked, 1 + RETRIES)
  })

  it('fixed: asks once, and tells what was answered', async () => {
    assert.deepEqual(await refused(true, NOT_AVAILABLE), {
      reason: 'GROUP_COORDINATOR_NOT_AVAILABLE',
      asked: 1,
    })
  })

  it('stock: does not tell why it was not found', async () => {
    const { reason } = await refused(false, NOT_ALLOWED)
    assert.equal(reason, 'Failed to find group coordinator')
  })

  it('fixed: does', async () => {
    const { reason } = await refused(true, NOT_ALLOWED)
    assert.equal(reason, 'GROUP_AUTHORIZATION_FAILED')
  })
})
