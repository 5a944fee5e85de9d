import assert from 'node:assert/strict'
import { makeCertificate, type Certificate } from '../../../tools/emulator/certificate'
import type { Broker } from '../../../lib/kafka/cluster/brokers'
import { Cluster } from '../../../lib/kafka/cluster/cluster'
import type { Connection } from '../../../lib/kafka/connection/connection'
import { heartbeat, joinGroup, listGroups } from '../../../lib/kafka/group/group-requests'
import type { ProjectOptions } from '../../../lib/config/project-options'
import { ManualClock } from '../../support/manual-clock'
import {
  ScriptedBroker,
  beat,
  brokerList,
  coordinatorAt,
  groupList,
} from '../../support/scripted-broker'

const HEARTBEAT = heartbeat({ group: 'g', generation: 1, memberId: 'm' })
const JOIN = joinGroup({
  group: 'g',
  memberId: 'm',
  sessionTimeoutMs: 60_000,
  rebalanceTimeoutMs: 60_000,
  protocols: [],
})

describe('kafka/cluster', () => {
  let certificate: Certificate
  let clock: ManualClock
  /** Two brokers; the settings name the first. */
  let servers: [ScriptedBroker, ScriptedBroker]
  let brokers: [Broker, Broker]
  let cluster: Cluster
  let errors: unknown[]

  before(async () => {
    certificate = await makeCertificate('localhost')
  })

  beforeEach(async () => {
    clock = new ManualClock()
    servers = [
      await ScriptedBroker.start({ certificate }),
      await ScriptedBroker.start({ certificate }),
    ]
    brokers = [brokerAt(1, servers[0]), brokerAt(2, servers[1])]
    for (const server of servers) {
      server.on('Metadata', (request) => {
        request.respond(brokerList(brokers))
      })
      server.on('FindCoordinator', (request) => {
        request.respond(coordinatorAt(brokers[1]))
      })
      server.on('Heartbeat', (request) => {
        request.respond(beat())
      })
    }
    errors = []
    cluster = clusterAt(servers[0])
  })

  afterEach(async () => {
    cluster.close()
    for (const server of servers) await server.stop()
    await clock.settle()
    assert.equal(clock.pending, 0, 'a timer was left')
  })

  function brokerAt(nodeId: number, { port }: ScriptedBroker): Broker {
    return { nodeId, host: '127.0.0.1', port }
  }

  /** A cluster that begins at this broker, and connects to every broker at its own address. */
  function clusterAt(server: ScriptedBroker): Cluster {
    const project: { -readonly [K in keyof ProjectOptions]: ProjectOptions[K] } = server.project
    project.bootstrap = brokerAt(-1, server)
    const made = new Cluster({ project, clientId: 'c', clock }, (event) => {
      if (event.type === 'failed') errors.push(event.error)
    })
    project.bootstrap = null
    return made
  }

  const connectionCount = ({ log }: ScriptedBroker): number =>
    log.filter((api) => api === 'SaslAuthenticate').length

  /** Apart from those of the login. */
  const requestsOf = ({ log }: ScriptedBroker): string[] =>
    log.filter((api) => !['ApiVersions', 'SaslHandshake', 'SaslAuthenticate'].includes(api))

  async function closed(connection: Connection): Promise<void> {
    await new Promise((resolve) => {
      connection.onEnd(resolve)
    })
  }

  /** A join waits on the main connection of the broker. @returns a function that lets it be answered */
  async function joinWaits(broker: Broker, server: ScriptedBroker): Promise<() => Promise<void>> {
    const main = await cluster.connection(broker, 'main')
    const joining = main.send(JOIN, 60_000).catch(() => null)
    const request = await server.next('JoinGroup')
    return async () => {
      request.respond(JOIN_REFUSED)
      await joining
    }
  }

  it('knows the brokers that the last metadata response named, and keeps them if one names none', async () => {
    assert.deepEqual(cluster.brokers, [])
    await cluster.metadata(null)
    assert.deepEqual(cluster.brokers, brokers)
    assert.deepEqual(cluster.broker(2), brokers[1])
    assert.equal(cluster.broker(3), null)
    servers[0].on('Metadata', (request) => {
      request.respond(brokerList([]))
    })
    await cluster.metadata(null)
    assert.deepEqual(cluster.brokers, brokers)
  })

  it('sends requests that any broker answers through an open connection', async () => {
    await cluster.metadata(null)
    await cluster.metadata([])
    assert.equal(connectionCount(servers[0]), 1)
    assert.equal(connectionCount(servers[1]), 0)
  })

  it('asks another broker when the first is down, and reports why', async () => {
    brokers[0] = { nodeId: 1, host: '127.0.0.1', port: 1 }
    await cluster.metadata(null)
    const seed = await cluster.connect()
    await servers[0].stop()
    await closed(seed)
    await cluster.metadata(null)
    assert.deepEqual(requestsOf(servers[1]), ['Metadata'])
    assert.deepEqual(
      errors.map((error) => (error as NodeJS.ErrnoException).code),
      ['ECONNREFUSED'],
    )
    await restart(0)
  })

  it('goes back to the address in the settings when no known broker can be reached', async () => {
    brokers[0] = { nodeId: 1, host: '127.0.0.1', port: 1 }
    await cluster.metadata(null)
    await servers[1].stop()
    await cluster.metadata(null)
    assert.deepEqual(requestsOf(servers[0]), ['Metadata', 'Metadata'])
    await restart(1)
  })

  it('rejects with the first reason when no broker can be reached', async () => {
    await servers[0].stop()
    await assert.rejects(cluster.metadata(null), { code: 'ECONNREFUSED' })
    await restart(0)
  })

  it('asks brokers in a backoff last', async () => {
    await cluster.metadata(null)
    const before = await cluster.connection(brokers[0], 'main')
    for (const socket of servers[0].sockets) socket.destroy()
    await closed(before)
    await cluster.metadata(null)
    assert.deepEqual(requestsOf(servers[1]), ['Metadata'])
  })

  describe('coordinator', () => {
    it('is asked for once, until it is forgotten', async () => {
      const found = await Promise.all([cluster.coordinator('g'), cluster.coordinator('g')])
      assert.deepEqual(found, [brokers[1], brokers[1]])
      await cluster.coordinator('g')
      assert.deepEqual(requestsOf(servers[0]), ['FindCoordinator'])
      cluster.forgetCoordinator('g')
      await cluster.coordinator('g')
      assert.equal(requestsOf(servers[0]).length, 2)
    })

    it('is one for each group', async () => {
      await cluster.coordinator('g')
      await cluster.coordinator('other')
      cluster.forgetCoordinator('other')
      await cluster.coordinator('g')
      assert.equal(requestsOf(servers[0]).length, 2)
    })
  })

  describe('a single request', () => {
    it('shares the main connection of its broker', async () => {
      const main = await cluster.connection(brokers[0], 'main')
      await cluster.send(brokers[0], HEARTBEAT)
      assert.equal(connectionCount(servers[0]), 1)
      assert.equal(cluster.openConnection(brokers[0], 'main'), main)
    })

    it('uses a spare connection while a join waits, and the main one again afterwards', async () => {
      const answer = await joinWaits(brokers[0], servers[0])
      await cluster.send(brokers[0], HEARTBEAT)
      const spare = cluster.openConnection(brokers[0], 'spare')
      assert.ok(spare)
      await cluster.send(brokers[0], HEARTBEAT)
      assert.equal(connectionCount(servers[0]), 2)
      await answer()
      await cluster.send(brokers[0], HEARTBEAT)
      assert.equal(connectionCount(servers[0]), 2)
      assert.equal(spare.isOpen, false, 'the spare connection is closed when it is needed no more')
    })

    it('closes the spare connection when the join is over, without another request', async () => {
      const answer = await joinWaits(brokers[0], servers[0])
      await cluster.send(brokers[0], HEARTBEAT)
      const spare = cluster.openConnection(brokers[0], 'spare')
      cluster.releaseSpares()
      assert.equal(spare?.isOpen, true, 'a join still waits')
      await answer()
      cluster.releaseSpares()
      assert.equal(spare.isOpen, false)
    })

    it('closes the spare connection after its last response when the join broke meanwhile', async () => {
      let respond = (): void => undefined
      servers[0].on('ListGroups', (request) => {
        respond = () => {
          request.respond(groupList([]))
        }
      })
      const answer = await joinWaits(brokers[0], servers[0])
      const asked = cluster.send(brokers[0], listGroups())
      while (!requestsOf(servers[0]).includes('ListGroups')) await clock.settle()
      const spare = cluster.openConnection(brokers[0], 'spare')
      await answer()
      respond()
      await asked
      assert.equal(spare?.isOpen, false)
    })

    it('leaves the spare connection open while a request is pending on it', async () => {
      servers[0].on('ListGroups', () => undefined)
      const answer = await joinWaits(brokers[0], servers[0])
      await cluster.send(brokers[0], HEARTBEAT)
      const spare = cluster.openConnection(brokers[0], 'spare')
      const pending = spare?.send(listGroups()).catch(() => null)
      await answer()
      await cluster.send(brokers[0], HEARTBEAT)
      assert.equal(spare?.isOpen, true)
      cluster.close()
      await pending
    })

    it('gets a spare connection without a backoff at the next join, however soon that comes', async () => {
      for (let round = 0; round < 4; round++) {
        const answer = await joinWaits(brokers[0], servers[0])
        await cluster.send(brokers[0], HEARTBEAT)
        await answer()
        await cluster.send(brokers[0], HEARTBEAT)
      }
      assert.equal(connectionCount(servers[0]), 5)
      assert.deepEqual(errors, [])
    })

    it('goes to another broker rather than behind a join, if any broker can answer', async () => {
      await cluster.metadata(null)
      await cluster.connection(brokers[1], 'main')
      const answer = await joinWaits(brokers[0], servers[0])
      servers[1].on('ListGroups', (request) => {
        request.respond(groupList(['g']))
      })
      assert.deepEqual((await cluster.sendToAny(listGroups())).groups, ['g'])
      await answer()
    })
  })

  it('ends all connections, and makes new ones', async () => {
    const first = await cluster.connection(brokers[0], 'main')
    await cluster.connection(brokers[1], 'fetch')
    const reason = new Error('logged out')
    cluster.endConnections(reason)
    assert.equal(first.isOpen, false)
    assert.deepEqual(errors, [reason, reason])
    const again = cluster.connection(brokers[0], 'main')
    await clock.advance(500)
    assert.notEqual(await again, first)
  })

  it('rejects what is pending when it is closed, and makes no connection any more', async () => {
    servers[0].on('ListGroups', () => undefined)
    const pending = assert.rejects(cluster.sendToAny(listGroups()), /closed/)
    while (requestsOf(servers[0]).length === 0) await clock.settle()
    cluster.close()
    await pending
    await assert.rejects(cluster.metadata(null), /closed/)
    assert.deepEqual(errors, [])
  })

  /** So that `afterEach` can stop it. */
  async function restart(index: 0 | 1): Promise<void> {
    servers[index] = await ScriptedBroker.start({ certificate })
  }
})

/** Body of a response to JoinGroup of version 5: the group is in a rebalance. */
const JOIN_REFUSED = Buffer.concat([
  Buffer.alloc(4),
  Buffer.from([0, 27]),
  Buffer.alloc(4, 0xff),
  Buffer.alloc(10),
])
