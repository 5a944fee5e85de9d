import { LOGSTORE, MonitorRig, READER, STUCK } from './support/monitor-rig'

/** Pictures to look at; what is in them is tested elsewhere. */
describe('pictures of the monitor', () => {
  const rig = MonitorRig.forAll()

  before(async () => {
    await rig.emulator.append('dead-end', ['one that stays'])
    for (let second = 0; second < 20; second++) {
      const logs = Array.from({ length: 40 + 30 * (second % 3) }, () => 'GET / 200')
      await rig.emulator.append(LOGSTORE, logs)
      await new Promise((resolve) => setTimeout(resolve, 1_000))
    }
  })

  for (const language of ['en-US', 'zh-CN'] as const) {
    for (const theme of ['light', 'dark'] as const) {
      it(`in ${language}, ${theme}`, async () => {
        const { editor, monitor } = await rig.open('full', { language, theme })
        await monitor.shard(STUCK, 0, 'stopped').waitFor()
        await monitor.shard(READER, 0, 'reading').waitFor()
        await editor.screenshot(`monitor 1 - ${language} ${theme}`)
        await monitor.card(STUCK).locator('table').scrollIntoViewIfNeeded()
        await editor.screenshot(`monitor 2 shards - ${language} ${theme}`)
      })
    }
  }
})
