import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { Kafka, logLevel } from 'kafkajs'
import { startEmulator, type RunningEmulator } from '../../../tools/emulator/process'

const MAIN = join(__dirname, '..', '..', '..', 'tools', 'emulator', 'main.js')
const WEB = 'web-log'
const FIRST = String(51247n << 17n)

describe('emulator in a process of its own', () => {
  const running: RunningEmulator[] = []

  const start = async (
    options: Parameters<typeof startEmulator>[0] = {},
  ): Promise<RunningEmulator> => {
    const emulator = await startEmulator({ logstores: { [WEB]: 2 }, ...options })
    running.push(emulator)
    return emulator
  }

  afterEach(async () => {
    await Promise.all(running.splice(0).map((emulator) => emulator.stop()))
  })

  it('appends logs and tells its state', async () => {
    const emulator = await start()
    assert.deepEqual(await emulator.append(WEB, ['a', 'b', { x: 1, y: [2] }]), { 0: 2, 1: 1 })
    assert.deepEqual(await emulator.append(WEB, ['c'], { shard: 1 }), { 1: 1 })
    const { logstores, isListening, groups } = await emulator.state()
    assert.equal(isListening, true)
    assert.deepEqual(groups, [])
    const [first, second] = logstores[0]?.shards ?? []
    assert.deepEqual([first?.earliest, first?.last], [FIRST, String(BigInt(FIRST) + 1n)])
    assert.deepEqual([first?.logs, second?.logs], [2, 2])
    assert.deepEqual(await emulator.commits(), [])
  })

  it('takes 100,000 logs at once', async () => {
    const emulator = await start()
    const line = 'GET /index.html HTTP/1.1 200 '.padEnd(200, 'x')
    await emulator.append(WEB, Array<string>(100_000).fill(line))
    const { logstores } = await emulator.state()
    assert.deepEqual(
      logstores[0]?.shards.map(({ logs }) => logs),
      [50_000, 50_000],
    )
  })

  it('creates logstores, splits shards, and explains what it cannot do', async () => {
    const emulator = await start()
    await emulator.createLogstore('other-log', 1)
    assert.deepEqual(await emulator.splitShard('other-log', 0), [1, 2])
    await assert.rejects(emulator.append('missing', ['a']), /no logstore missing/)
    await assert.rejects(emulator.append('other-log', ['a'], { shard: 0 }), /read-only/)
    await assert.rejects(emulator.createLogstore('other-log', 1), /exists already/)
  })

  it('tells what a group commits, and changes the AccessKey', async () => {
    const emulator = await start()
    await emulator.append(WEB, ['a'], { shard: 0 })
    const consumeOne = async (password: string): Promise<void> => {
      const consumer = new Kafka({
        brokers: [`localhost:${emulator.port}`],
        ssl: { ca: emulator.ca },
        sasl: { mechanism: 'plain', username: emulator.project, password },
        logLevel: logLevel.NOTHING,
        retry: { retries: 0 },
      }).consumer({ groupId: 'g', maxWaitTimeInMs: 100 })
      await consumer.connect()
      await consumer.subscribe({ topic: WEB, fromBeginning: true })
      await new Promise<void>((resolve) => {
        void consumer.run({
          eachMessage: () => {
            resolve()
            return Promise.resolve()
          },
        })
      })
      await consumer.disconnect()
    }
    await emulator.setAccessKey('new-id', 'new-secret')
    await assert.rejects(consumeOne(`${emulator.accessKeyId}#${emulator.accessKeySecret}`))
    await consumeOne('new-id#new-secret')

    const next = String(BigInt(FIRST) + 1n)
    const { groups, logins, requests } = await emulator.state()
    assert.deepEqual(groups[0]?.offsets, [{ logstore: WEB, shard: 0, offset: next }])
    assert.equal(groups[0].state, 'Empty')
    assert.ok(logins.accepted > 0 && logins.refused > 0)
    assert.ok(requests['OffsetCommit'])
    const [commit] = await emulator.commits()
    assert.equal(commit?.offset, next)
    assert.deepEqual([commit.group, commit.generation, commit.shard], ['g', 1, 0])
  })

  it('closes and opens its port', async () => {
    const emulator = await start()
    await emulator.close()
    assert.equal((await emulator.state()).isListening, false)
    await emulator.open()
    await emulator.open()
    assert.equal((await emulator.state()).isListening, true)
    assert.equal(await emulator.killConnections(), 0)
  })

  it('is followed on the same port by another one with the same certificate', async () => {
    const certificates = await mkdtemp(join(tmpdir(), 'emulator-test-'))
    try {
      const first = await start({ certificates })
      await assert.rejects(start({ port: first.port }), /ended before it listened, exit code 1/)
      await first.stop()
      await first.stop()
      const second = await start({ certificates, port: first.port })
      assert.equal(second.port, first.port)
      assert.equal(second.ca, first.ca)
    } finally {
      await rm(certificates, { recursive: true })
    }
  })

  it('reads standard input, stops with exit code 0 on Ctrl-C', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'emulator-test-'))
    const child = spawn(process.execPath, [MAIN, '--port', '0', '--certificates', folder])
    const exited = once(child, 'exit') as Promise<[number]>
    child.stdin.end('one\ntwo')
    await once(child.stderr, 'data') // "2 logs read"
    child.kill('SIGINT')
    const [table, [code]] = await Promise.all([text(child.stdout), exited])
    assert.equal(code, 0)
    for (const word of ['local-project', 'local-id', 'local-secret', join(folder, 'ca.pem')]) {
      assert.ok(table.includes(word), word)
    }
    await rm(folder, { recursive: true })
  })

  it('explains a mistake in one line, with exit code 2', async () => {
    for (const flags of [['--bogus'], ['--file', '/does/not/exist'], ['--file', tmpdir()]]) {
      const child = spawn(process.execPath, [MAIN, ...flags])
      const exited = once(child, 'exit') as Promise<[number]>
      const [message, [code]] = await Promise.all([text(child.stderr), exited])
      assert.equal(code, 2)
      assert.equal(message.trim().split('\n').length, 1, message)
    }
  })
})
