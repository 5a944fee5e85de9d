import assert from 'node:assert/strict'
import * as ownConnection from '../../../../lib/kafka/hardening/own-connection'
import { kafkajsWith } from '../../../support/kafkajs-modules'

interface Broker {
  apiVersions(): Promise<unknown>
}

/** Sends a request on whose connection the service closes it. @returns what became of both */
async function afterClose(isFixed: boolean): Promise<string[]> {
  const modules = isFixed ? kafkajsWith(ownConnection) : kafkajsWith()
  const Broker = modules.load(ownConnection.file) as new (options: object) => Broker
  const done: string[] = []
  const broker = new Broker({
    logger: { namespace: () => ({}) },
    connectionPool: {
      connectionTimeout: 1000,
      send: () => {
        done.push('send')
        const error = new Error('Closed connection')
        return Promise.reject(Object.assign(error, { name: 'KafkaJSConnectionClosedError' }))
      },
      destroy: () => Promise.resolve(done.push('close both')),
    },
  })
  await assert.rejects(broker.apiVersions(), { name: 'KafkaJSConnectionClosedError' })
  return done
}

describe('kafka/hardening/own-connection', () => {
  it('stock: closes both connections when the service has closed one', async () => {
    assert.deepEqual(await afterClose(false), ['send', 'close both'])
  })

  it('fixed: leaves the other one alone', async () => {
    assert.deepEqual(await afterClose(true), ['send'])
  })

  it('refuses a broker that sends by another method', () => {
    const other = { prototype: {} }
    assert.throws(() => ownConnection.rewrite(other), /has no private:Broker:sendRequest/)
  })
})
