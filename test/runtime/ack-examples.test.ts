import assert from 'node:assert/strict'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { LogInput } from '../../tools/emulator/process'
import { ExampleRig, LOGSTORE, WAIT_MS } from './support/example-rig'
import { startHttpService, type HttpRequest } from '../support/http-service'

/** What is acknowledged is soon committed, and what has failed soon comes again; milliseconds. */
const SOON = { commitInterval: '100', retryDelay: '100' }

describe('examples that acknowledge', () => {
  const rig = ExampleRig.forAll()

  describe('07: nothing lost, into an HTTP service', () => {
    const LOGS = 40

    it('keeps what a service that is down does not take, and stores it once it is up', async () => {
      let isUp = false
      const stored: string[] = []
      const failures = [undefined, { status: 503, json: {} }]
      let failed = 0
      const service = await rig.resources.started(
        startHttpService((request) => {
          if (!isUp) return failures[failed++ % failures.length]
          stored.push(contentOf(request))
          return { status: 201, json: {} }
        }),
      )
      await rig.deployReading('07', { variables: { SERVICE_URL: service.url }, consumer: SOON })
      const committed = await rig.committed()
      await rig.emulator.append(LOGSTORE, lines(LOGS))
      let requests = 0
      await service.waitFor(() => ++requests > LOGS, WAIT_MS)
      assert.deepEqual(await rig.committed(), committed)
      isUp = true
      await rig.allCommitted()
      assert.deepEqual(stored.sort(), lines(LOGS).sort())
      assert.equal(rig.at('problems').length, 0)
    })

    function contentOf({ text }: HttpRequest): string {
      const { fields } = JSON.parse(text) as { readonly fields: { readonly content: string } }
      return fields.content
    }
  })

  describe('08: Complete acks, Catch sends again', () => {
    const LOGS = 30

    it('sends each log again whose write has failed', async () => {
      await rig.deployReading('08', { consumer: SOON, alsoAt: ['write'] })
      await rig.emulator.append(LOGSTORE, lines(LOGS))
      await rig.allCommitted()
      const failed = rig.at('sent again')
      assert.equal(failed.length, Math.floor(rig.at('write').length / 10))
      assert.equal(rig.at('write').length, LOGS + failed.length)
      assert.ok(failed.every(({ error }) => error?.message.includes('every tenth write')))
    })
  })

  describe('09: dead letters', () => {
    const GOOD: readonly LogInput[] = [
      { status: '200', path: '/' },
      { status: '404', path: '/x' },
    ]
    const BAD: Readonly<Record<string, LogInput>> = {
      SLS_DECODE_FAILED: 'no JSON',
      SLS_ATTEMPTS_EXHAUSTED: { status: 'none', path: '/y' },
    }

    it('puts what cannot be processed into a file each, and goes on', async () => {
      await rig.deployReading('09', { consumer: SOON, alsoAt: ['work'] })
      await rig.emulator.append(LOGSTORE, [...Object.values(BAD), ...GOOD], { shard: 0 })
      await rig.allCommitted()
      const letters = await deadLetters()
      assert.deepEqual(
        new Map(letters.map(({ error, log }) => [error.code, log])),
        new Map(
          Object.entries(BAD).map(([code, log]) => [
            code,
            typeof log === 'string' ? log : JSON.stringify(log),
          ]),
        ),
      )
      const attempts = rig.at('work').map(({ kafka, value }) => [kafka?.['attempt'], value])
      const bad = JSON.stringify(BAD['SLS_ATTEMPTS_EXHAUSTED'])
      assert.deepEqual(
        attempts.filter(([, value]) => value === bad),
        [1, 2, 3].map((attempt) => [attempt, bad]),
      )
      assert.equal(attempts.length, GOOD.length + 3)
    })

    interface DeadLetter {
      readonly error: { readonly code: string }
      readonly log: string
    }

    async function deadLetters(): Promise<DeadLetter[]> {
      // Node-RED runs in its user directory.
      const folder = join(rig.nodeRed.userDir, 'dead-letters')
      const names = await readdir(folder)
      return Promise.all(
        names.map(
          async (name) => JSON.parse(await readFile(join(folder, name), 'utf8')) as DeadLetter,
        ),
      )
    }
  })

  describe('10: batches into Elasticsearch', () => {
    const LOGS = 450

    it('writes a batch again until every log of it is stored', async () => {
      const stored = new Map<string, unknown>()
      const answers = [
        { status: 429, json: { error: 'busy' } },
        { status: 200, json: { errors: true } },
      ]
      const service = await rig.resources.started(
        startHttpService(({ text, contentType }) => {
          assert.equal(contentType, 'application/x-ndjson')
          const failure = answers.shift()
          if (failure) return failure
          for (const [id, log] of entriesOf(text)) stored.set(id, log)
          return { status: 200, json: { errors: false } }
        }),
      )
      await rig.deployReading('10', { variables: { BULK_URL: service.url }, consumer: SOON })
      await rig.emulator.append(LOGSTORE, lines(LOGS))
      await rig.allCommitted()
      assert.equal(stored.size, LOGS)
      const contents = [...stored.values()].map((log) => (log as { content: string }).content)
      assert.deepEqual(contents.sort(), lines(LOGS).sort())
      assert.ok(service.requests.every(({ text }) => entriesOf(text).length <= 100))
    })

    /** Lines of the bulk API come in pairs. */
    function entriesOf(text: string): (readonly [id: string, log: unknown])[] {
      const parsed = text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown)
      return parsed.flatMap((entry, index) =>
        index % 2 === 0
          ? [[(entry as { index: { _id: string } }).index._id, parsed[index + 1]] as const]
          : [],
      )
    }
  })

  describe('11: split', () => {
    it('is done with a log when all its parts are, and with one that has none', async () => {
      await rig.deployReading('11', { consumer: SOON, alsoAt: ['insert'] })
      await rig.emulator.append(LOGSTORE, [
        { items: '["a", "b", "c"]' },
        { items: '[]' },
        { other: 'field' },
        'a plain line',
        { items: '["d"]' },
      ])
      await rig.allCommitted()
      const items = rig.at('insert').map(({ payload }) => (payload as { items: string }).items)
      assert.deepEqual(items.sort(), ['a', 'b', 'c', 'd'])
    })
  })

  describe('12: join', () => {
    const LOGS = 120

    it('acknowledges every log of a message, also of the one that the timeout sends', async () => {
      await rig.deployReading('12', { consumer: SOON })
      await rig.emulator.append(LOGSTORE, lines(LOGS))
      await rig.allCommitted()
      const rows = (await rig.arrivedAt('rows written', 3)).map((message) => message['rows'])
      assert.deepEqual(rows, [50, 50, 20])
    })
  })

  describe('13: filter', () => {
    const MORE_THAN_IN_FLIGHT = 150

    it('reads on however much is filtered out', async () => {
      await rig.deployReading('13', { consumer: SOON })
      const errors = ['ERROR one', 'ERROR one', 'ERROR two']
      const none = lines(MORE_THAN_IN_FLIGHT)
      await rig.emulator.append(LOGSTORE, [...none, ...errors, ...none], { shard: 0 })
      await rig.allCommitted()
      assert.deepEqual(
        rig.at('new errors').map(({ payload }) => payload),
        ['ERROR one', 'ERROR two'],
      )
    })
  })

  describe('14: rate limit', () => {
    const LOGS = 25

    it('lets 10 a second through and keeps no more than 20 in the flow', async () => {
      await rig.deployReading('14', { consumer: SOON, alsoAt: ['10 a second', 'service'] })
      await rig.emulator.append(LOGSTORE, lines(LOGS))
      await rig.arrivedAt('service', 1)
      await delay(300)
      const [waiting, served] = [rig.at('10 a second').length, rig.at('service').length]
      assert.ok(waiting - served <= 20 && served < 10, `${waiting} given, ${served} served`)
      const start = performance.now()
      await rig.allCommitted()
      assert.ok(performance.now() - start > 1_500, 'slower than at once')
      assert.equal(rig.at('service').length, LOGS)
    })
  })
})

function lines(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `line ${index}`)
}
