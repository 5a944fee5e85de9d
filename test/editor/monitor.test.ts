import assert from 'node:assert/strict'
import { logIn } from '../runtime/support/admin-users'
import { LOGSTORE, MonitorRig, READER, SHARDS, STUCK, WRITER } from './support/monitor-rig'

/** For what the monitor has to show by then, and what it may take longer for. */
const SOON = { timeout: 5_000 }
const LATER = { timeout: 60_000 }

describe('the monitor in the sidebar', () => {
  const rig = MonitorRig.forAll()

  it('shows the rate at which logs are written, and the position of each shard', async () => {
    const { monitor } = await rig.open('reader')
    await monitor.status(READER).getByText('waiting for logs').waitFor()
    const rates: number[] = []
    const written = await feed(100, async () => {
      rates.push(await monitor.rate(READER))
    })
    const shown = rates.at(-1) ?? 0
    assert.ok(Math.abs(shown - written) <= written * 0.2, `${shown} of ${written} a second`)
    for (let shard = 0; shard < SHARDS; shard++) {
      // What is shown can be of a moment in which the flow had the last records.
      const line = monitor
        .shard(READER, shard, 'reading')
        .filter({ hasText: /all committed|done, commit follows/ })
      await line.waitFor(SOON)
      assert.match(
        await line.innerText(),
        new RegExp(`^${shard}\\s+0s\\s+0\\s+\\d{10}\\s+(all committed|done, commit follows)`),
      )
    }
  })

  it('shows a shard that is stopped within five seconds, why, and what to do; then skips', async () => {
    const { editor, monitor } = await rig.open('full')
    await monitor.status(STUCK).getByText('waiting for logs').waitFor()
    await rig.emulator.append('dead-end', ['one that stays'])
    await monitor.shard(STUCK, 0, 'stopped').waitFor(SOON)
    await monitor.status(STUCK).getByText('shard stopped').waitFor(SOON)
    assert.match(await monitor.shard(STUCK, 0, 'stopped').innerText(), /committed: (–|\d+)$/)
    assert.equal(await monitor.cutOff(STUCK), 0)
    const error = await monitor.card(STUCK).locator('.sls-monitor-error-text').innerText()
    assert.match(error, /^SLS_REJECTED: .*shard 0/i)
    assert.doesNotMatch(error, /__|\{\{/)
    await monitor.shard(STUCK, 0, 'stopped').locator('button').click()
    await editor.page.locator('.red-ui-notification button.primary').click()
    await monitor.shard(STUCK, 0, 'reading').waitFor(SOON)
  })

  it('shows an outage, and the recovery', async () => {
    const { monitor } = await rig.open('reader')
    await monitor.status(READER).getByText('waiting for logs').waitFor()
    await rig.emulator.close()
    await monitor.status(READER).getByText('reconnecting').waitFor(LATER)
    await rig.emulator.open()
    await monitor.status(READER).getByText('waiting for logs').waitFor(LATER)
  })

  it('lets users who may write pause and resume', async () => {
    const { monitor } = await rig.open('full')
    await monitor.status(READER).getByText('waiting for logs').waitFor()
    await monitor.button(READER).getByText('Pause').click()
    for (let shard = 0; shard < SHARDS; shard++) {
      await monitor.shard(READER, shard, 'paused').waitFor(SOON)
    }
    await monitor.shard(READER, 1, 'paused').locator('button').click()
    await monitor.shard(READER, 1, 'reading').waitFor(SOON)
    await monitor.button(READER).getByText('Pause').click()
    await monitor.button(READER).getByText('Resume').click()
    await monitor.shard(READER, 0, 'reading').waitFor(SOON)
  })

  it('has no buttons for users who may only read, and the server refuses them', async () => {
    const { editor, monitor } = await rig.open('reader')
    await monitor.shard(READER, 0, 'reading').waitFor()
    assert.equal(await monitor.card(READER).locator('.sls-monitor-button:visible').count(), 0)
    const status = await editor.page.evaluate(
      (id) =>
        new Promise((resolve) => {
          const body = JSON.stringify({ id, action: 'pause', partition: null })
          const request = { url: 'sls-monitor/command', method: 'POST', data: body }
          $.ajax({ ...request, contentType: 'application/json' })
            .done(() => {
              resolve(200)
            })
            .fail((call) => {
              resolve(call.status)
            })
        }),
      READER,
    )
    assert.ok(status === 401 || status === 403, String(status))
  })

  it('shows what a writer has written, and its last error, without buttons', async () => {
    const { editor, monitor } = await rig.open('full')
    const card = monitor.card(WRITER)
    await card.getByText('enriched').waitFor()
    const token = await logIn(rig.nodeRed, 'full')
    const headers = { Authorization: `Bearer ${token}` }
    await rig.nodeRed.request('/inject/write', { method: 'POST', headers })
    await monitor.figure(WRITER, 'written', '2').waitFor(LATER)
    await monitor.figure(WRITER, 'failed', '1').waitFor(SOON)
    await monitor.figure(WRITER, 'buffered', '0').waitFor(SOON)
    const error = await card.locator('.sls-monitor-error-text').innerText()
    assert.match(error, /^SLS_RECORD_INVALID: .*2 of 3 logs/)
    assert.doesNotMatch(error, /__written|\{\{/)
    assert.doesNotMatch(await monitor.status(WRITER).innerText(), /sls-kafka-out/)
    assert.equal(await card.locator('.sls-monitor-button').count(), 0)
    await card.scrollIntoViewIfNeeded()
    await editor.screenshot('monitor writer')
  })

  it('leads to the node', async () => {
    const { editor, monitor } = await rig.open('reader')
    await monitor.card(READER).getByRole('button', { name: 'Show the node' }).click()
    await editor.page
      .locator(
        `[id="${READER}"] .red-ui-flow-node-highlighted, [id="${READER}"].red-ui-flow-node-highlighted`,
      )
      .first()
      .waitFor()
  })

  it('asks nothing while it is not seen', async () => {
    const { editor, monitor } = await rig.open('reader')
    await monitor.leave()
    const asked: string[] = []
    // What was asked just before may still be on its way.
    await editor.page.waitForLoadState('networkidle')
    editor.page.on('request', (request) => asked.push(request.url()))
    const ticks = editor.page.waitForTimeout(5_000)
    await ticks
    assert.deepEqual(
      asked.filter((url) => url.includes('sls-monitor')),
      [],
    )
    await monitor.open()
    await editor.page.waitForResponse((response) =>
      response.url().includes('sls-monitor/consumers'),
    )
  })

  /** Writes so many logs in each tenth of a second for 14 s. @returns how many a second it came to */
  async function feed(each: number, look: () => Promise<void>): Promise<number> {
    const begun = Date.now()
    let written = 0
    for (let step = 1; step <= 140; step++) {
      await rig.emulator.append(
        LOGSTORE,
        Array.from({ length: each / 10 }, () => 'GET / 200'),
      )
      written += each / 10
      if (step % 10 === 0) await look()
      const ahead = begun + step * 100 - Date.now()
      if (ahead > 0) await new Promise((resolve) => setTimeout(resolve, ahead))
    }
    return (written * 1000) / (Date.now() - begun)
  }
})

declare const $: {
  ajax(request: object): {
    done(listener: () => void): { fail(listener: (call: { status: number }) => void): void }
  }
}
