import assert from 'node:assert/strict'
import { inCrowd, MonitorRig, READER, STUCK, WRITER } from './support/monitor-rig'

const CROWD = 18
const SOON = { timeout: 10_000 }
const LATER = { timeout: 60_000 }

describe('the monitor with twenty consumers', () => {
  const rig = MonitorRig.forAll(CROWD)

  before(async () => {
    await rig.emulator.append('dead-end', ['one that stays'])
  })

  it('sums up all nodes in a line, and shows those that are fine in one line each', async () => {
    const { monitor } = await rig.open('full')
    const allRead = 'Consumers: 20 (19 reading · 1 with an error)'
    await monitor.overview.getByText(allRead).waitFor(LATER)
    assert.match(await monitor.overview.innerText(), /Writers: 1\s+Largest delay: [\d.]+(s|min)$/)
    assert.equal((await monitor.shown()).length, CROWD + 3)
    assert.ok(await monitor.body(STUCK).isVisible(), 'the card with the error is open')
    for (const id of [READER, inCrowd(1), WRITER]) {
      assert.ok(await monitor.body(id).isHidden(), id)
      const box = await monitor.card(id).boundingBox()
      assert.ok(box && box.height < 40, `${id} is ${box?.height} px high`)
    }
    await monitor.line(READER).click()
    await monitor.button(READER).getByText('Pause').click()
    const onePaused = 'Consumers: 20 (18 reading · 1 paused · 1 with an error)'
    await monitor.overview.getByText(onePaused).waitFor(SOON)
    await monitor.button(READER).getByText('Resume').click()
    await monitor.overview.getByText(allRead).waitFor(SOON)
  })

  it('opens and closes cards by keyboard, and keeps that when new figures come', async () => {
    const { editor, monitor } = await rig.open('reader')
    await monitor.body(STUCK).waitFor(LATER)
    const line = monitor.line(inCrowd(2))
    assert.equal(await line.getAttribute('aria-expanded'), 'false')
    await line.focus()
    await editor.page.keyboard.press('Enter')
    await monitor.body(inCrowd(2)).locator('canvas').first().waitFor()
    assert.equal(await line.getAttribute('aria-expanded'), 'true')
    await monitor.line(STUCK).focus()
    await editor.page.keyboard.press('Space')
    await monitor.body(STUCK).waitFor({ state: 'hidden' })
    for (let poll = 0; poll < 2; poll++) {
      await editor.page.waitForResponse((response) =>
        response.url().includes('sls-monitor/consumers'),
      )
    }
    assert.ok(await monitor.body(inCrowd(2)).isVisible())
    assert.ok(await monitor.body(STUCK).isHidden())
  })

  it('shows only the nodes that fit the search', async () => {
    const { monitor } = await rig.open('reader')
    await monitor.search.fill('errors 8')
    assert.deepEqual(await monitor.shown(), [inCrowd(8), inCrowd(18)])
    await monitor.search.fill('TEAM-3')
    assert.deepEqual(await monitor.shown(), [inCrowd(3)])
    await monitor.search.fill('dead-end')
    assert.deepEqual(await monitor.shown(), [STUCK])
    await monitor.search.fill('no such node')
    await monitor.root.getByText('No node matches the search.').waitFor()
    assert.deepEqual(await monitor.shown(), [])
    await monitor.search.press('Escape')
    assert.equal((await monitor.shown()).length, CROWD + 3)
  })
})

/** Pictures to look at; what is in them is tested above. */
describe('pictures of the monitor with twenty consumers', () => {
  const rig = MonitorRig.forAll(CROWD)

  before(async () => {
    await rig.emulator.append('dead-end', ['one that stays'])
  })

  for (const language of ['en-US', 'zh-CN'] as const) {
    for (const theme of ['light', 'dark'] as const) {
      it(`in ${language}, ${theme}`, async () => {
        const { editor, monitor } = await rig.open('full', { language, theme })
        await editor.debug.close()
        await monitor.shard(STUCK, 0, 'stopped').waitFor()
        await monitor.line(inCrowd(2)).click()
        await editor.page.keyboard.press('Tab')
        await editor.screenshot(`monitor 3 twenty - ${language} ${theme}`)
        await monitor.card(WRITER).scrollIntoViewIfNeeded()
        await editor.screenshot(`monitor 4 twenty, end - ${language} ${theme}`)
      })
    }
  }
})
