import assert from 'node:assert/strict'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { LogInput } from '../support/emulator'
import { ExampleBench, LOGSTORE, WAIT_MS } from './support/example-bench'
import { startHttpService, type HttpRequest } from '../support/http-service'

/** What is acknowledged is soon committed, and what has failed soon comes again; milliseconds. */
const SOON = { commitInterval: '100', retryDelay: '100' }

describe('examples that acknowledge', () => {
  const bench = ExampleBench.forAll()

  describe('07: nothing lost, into an HTTP service', () => {
    const LOGS = 40

    it('keeps what a service that is down does not take, and stores it once it is up', async () => {
      let isUp = false
      const stored: string[] = []
      const failures = [undefined, { status: 503, json: {} }]
      let failed = 0
      const service = await bench.resources.started(
        startHttpService((request) => {
          if (!isUp) return failures[failed++ % failures.length]
          stored.push(contentOf(request))
          return { status: 201, json: {} }
        }),
      )
      await bench.deployReading('07', { variables: { SERVICE_URL: service.url }, consumer: SOON })
      const committed = await bench.committed()
      await bench.endpoint.append(LOGSTORE, lines(LOGS))
      let requests = 0
      await service.waitFor(() => ++requests > LOGS, WAIT_MS)
      assert.deepEqual(await bench.committed(), committed)
      isUp = true
      await bench.allCommitted()
      assert.deepEqual(stored.sort(), lines(LOGS).sort())
      assert.equal(bench.at('problems').length, 0)
    })

    function contentOf({ text }: HttpRequest): string {
      const { fields } = JSON.parse(text) as { readonly fields: { readonly content: string } }
      return fields.content
    }
  })

  describe('08: Complete acks, Catch sends again', () => {
    const LOGS = 30

    it('sends each log again whose write has failed', async () => {
      await bench.deployReading('08', { consumer: SOON, alsoAt: ['write'] })
      await bench.endpoint.append(LOGSTORE, lines(LOGS))
      await bench.allCommitted()
      const failed = bench.at('sent again')
      assert.equal(failed.length, Math.floor(bench.at('write').length / 10))
      assert.equal(bench.at('write').length, LOGS + failed.length)
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
      await bench.deployReading('09', { consumer: SOON, alsoAt: ['work'] })
      await bench.endpoint.append(LOGSTORE, [...Object.values(BAD), ...GOOD], { shard: 0 })
      await bench.allCommitted()
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
      const attempts = bench.at('work').map(({ kafka, value }) => [kafka?.['attempt'], value])
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
      const folder = join(bench.nodeRed.userDir, 'dead-letters')
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
      const service = await bench.resources.started(
        startHttpService(({ text, contentType }) => {
          assert.equal(contentType, 'application/x-ndjson')
          const failure = answers.shift()
          if (failure) return failure
          for (const [id, log] of entriesOf(text)) stored.set(id, log)
          return { status: 200, json: { errors: false } }
        }),
      )
      await bench.deployReading('10', { variables: { BULK_URL: service.url }, consumer: SOON })
      await bench.endpoint.append(LOGSTORE, lines(LOGS))
      await bench.allCommitted()
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
      await bench.deployReading('11', { consumer: SOON, alsoAt: ['insert'] })
      await bench.endpoint.append(LOGSTORE, [
        { items: '["a", "b", "c"]' },
        { items: '[]' },
        { other: 'field' },
        'a plain line',
        { items: '["d"]' },
      ])
      await bench.allCommitted()
      const items = bench.at('insert').map(({ payload }) => (payload as { items: string }).items)
      assert.deepEqual(items.sort(), ['a', 'b', 'c', 'd'])
    })
  })

  describe('12: join', () => {
    const LOGS = 120

    it('acknowledges every log of a message, also of the one that the time-out sends', async () => {
      await bench.deployReading('12', { consumer: SOON })
      await bench.endpoint.append(LOGSTORE, lines(LOGS))
      await bench.allCommitted()
      const rows = (await bench.arrivedAt('rows written', 3)).map((message) => message['rows'])
      assert.deepEqual(rows, [50, 50, 20])
    })
  })

  describe('13: filter', () => {
    const MORE_THAN_IN_FLIGHT = 150

    it('reads on however much is filtered out', async () => {
      await bench.deployReading('13', { consumer: SOON })
      const errors = ['ERROR one', 'ERROR one', 'ERROR two']
      const none = lines(MORE_THAN_IN_FLIGHT)
      await bench.endpoint.append(LOGSTORE, [...none, ...errors, ...none], { shard: 0 })
      await bench.allCommitted()
      assert.deepEqual(
        bench.at('told').map(({ payload }) => payload),
        ['ERROR one', 'ERROR two'],
      )
    })
  })

  describe('14: rate limit', () => {
    const LOGS = 25

    it('lets 10 a second through and keeps no more than 20 in the flow', async () => {
      await bench.deployReading('14', { consumer: SOON, alsoAt: ['10 a second', 'service'] })
      await bench.endpoint.append(LOGSTORE, lines(LOGS))
      await bench.arrivedAt('service', 1)
      await delay(300)
      const [waiting, served] = [bench.at('10 a second').length, bench.at('service').length]
      assert.ok(waiting - served <= 20 && served < 10, `${waiting} given, ${served} served`)
      const start = performance.now()
      await bench.allCommitted()
      assert.ok(performance.now() - start > 1_500, 'slower than at once')
      assert.equal(bench.at('service').length, LOGS)
    })
  })
})

function lines(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `line ${index}`)
}
