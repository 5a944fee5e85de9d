import assert from 'node:assert/strict'
import { CommittableOffset } from '../../../lib/delivery/committable-offset'
import { OffsetCommitter } from '../../../lib/delivery/offset-committer'
import type { ShardProcessor } from '../../../lib/delivery/processor'
import { ShardDelay } from '../../../lib/delivery/shard-delay'
import { ShardQueue } from '../../../lib/delivery/shard-queue'
import type { CommitResult } from '../../../lib/kafka/log-source'
import { ManualClock } from '../../support/manual-clock'

describe('delivery/offset-committer', () => {
  let clock: ManualClock
  let committer: OffsetCommitter
  let done: bigint
  /** Time of each commit, in milliseconds from the start, and its offset. */
  let commits: [number, string][]
  let answerAfterMs: number

  function start(interval: number): void {
    const startMs = clock.monotonic()
    const committable = new CommittableOffset(() => done, { isDelayed: false })
    const processor = {
      queue: new ShardQueue(0, new ShardDelay(0)),
      committable,
      committed: (offset: bigint) => {
        committable.setCommitted(offset)
      },
    } as ShardProcessor
    committer = new OffsetCommitter({
      source: {
        commit: (offsets) => {
          commits.push([clock.monotonic() - startMs, String(offsets.get(0))])
          return new Promise<CommitResult>((resolve) => {
            clock.after(answerAfterMs, () => {
              resolve({ outcome: 'committed', shards: new Set([0]) })
            })
          })
        },
      },
      processors: new Map([[0, processor]]),
      clock,
      interval,
      onCommitted: () => undefined,
    })
  }

  /** Completes one record per millisecond, and requests a commit each time. */
  async function work(milliseconds: number): Promise<void> {
    for (let passed = 0; passed < milliseconds; passed++) {
      done++
      committer.commitSoon()
      await clock.advance(1)
    }
  }

  beforeEach(() => {
    clock = new ManualClock()
    done = 0n
    commits = []
    answerAfterMs = 1
  })

  afterEach(() => {
    committer.end()
    assert.equal(clock.pending, 0)
  })

  it('sends periodic commits at least 0.2 s apart, however often one is due', async () => {
    start(60_000)
    await work(900)
    assert.deepEqual(
      commits.map(([atMs]) => atMs),
      [0, 200, 400, 600, 800],
    )
  })

  it('sends a periodic commit only after the response to the last one', async () => {
    start(60_000)
    answerAfterMs = 700
    await work(1_000)
    assert.deepEqual(
      commits.map(([atMs]) => atMs),
      [0, 700],
    )
    await clock.advance(1_400)
  })

  it('treats a commit interval below 200 ms as 200 ms', async () => {
    start(100)
    for (let passed = 0; passed < 1_000; passed++) {
      done++
      await clock.advance(1)
    }
    assert.deepEqual(
      commits.map(([atMs]) => atMs),
      [200, 400, 600, 800, 1_000],
    )
    await clock.advance(1)
  })

  it('sends the commits of a stop and of a seek at once', async () => {
    start(60_000)
    done = 5n
    committer.commitSoon()
    await clock.advance(10)
    done = 6n
    const stopping = committer.commitAll()
    await clock.advance(2)
    await stopping
    const moving = committer.set(
      new Map([[0, 3n]]),
      () => true,
      () => undefined,
    )
    await clock.advance(2)
    assert.equal(await moving, 'committed')
    assert.deepEqual(commits, [
      [0, '5'],
      [10, '6'],
      [12, '3'],
    ])
  })
})
