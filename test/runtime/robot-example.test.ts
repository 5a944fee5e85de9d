import assert from 'node:assert/strict'
import type { LogInput } from '../../tools/emulator/process'
import { startChatRobot, type ChatMessage, type ChatRobot } from './support/chat-robot'
import { readExample } from './support/example'
import { ExampleRig, LOGSTORE, WAIT_MS } from './support/example-rig'

describe('example 02: errors to a chat robot', () => {
  const ERRORS = 500
  const rig = ExampleRig.forAll()
  let robot: ChatRobot

  beforeEach(async () => {
    robot = await rig.resources.started(startChatRobot())
  })

  it('reports the first of 500 errors at once, and within a minute nothing else', async () => {
    const variables = { CHAT_WEBHOOK_URL: robot.url }
    await rig.deployReading('02', { variables, alsoAt: ['1 a minute'] })
    await rig.emulator.append(LOGSTORE, [...someErrors(ERRORS), ...noErrors(ERRORS)])
    await rig.arrivedAt('1 a minute', ERRORS)
    await rig.arrivedAt('response', 1)
    assert.deepEqual(robot.messages.map(errorsTold), [1])
    assert.equal(rig.at('1 a minute').length, ERRORS, 'errors')
    assert.equal(variable('CHAT_SECONDS'), '60')
  })

  it('reports at each interval how many errors came since, none of them twice', async () => {
    const seconds = 3
    const variables = { CHAT_WEBHOOK_URL: robot.url, CHAT_SECONDS: String(seconds) }
    await rig.deployReading('02', { variables, alsoAt: ['1 a minute'] })
    await rig.emulator.append(LOGSTORE, someErrors(ERRORS))
    assert.equal((await toldOf(ERRORS))[0], 1)
    // None came in the interval after that, so the next one is told at once again.
    await rig.emulator.append(LOGSTORE, ['the very last ERROR'])
    await toldOf(ERRORS + 1)
    robot.messages.slice(1).forEach((message, index) => {
      const gap = message.at - (robot.messages[index]?.at ?? 0)
      // A message can be on its way for longer than the next one.
      assert.ok(gap > (seconds - 1) * 1000, `${gap} ms between two messages`)
    })
  })

  it('sends what DingTalk and WeCom take, with the last error', async () => {
    await rig.deployReading('02', { variables: { CHAT_WEBHOOK_URL: robot.url } })
    await rig.emulator.append(LOGSTORE, ['ERROR: "支付超时" \\ C:\\temp'])
    const { contentType, body } = await robot.waitFor(() => true, WAIT_MS)
    assert.match(contentType ?? '', /^application\/json/)
    const content = `SLS 告警：日志库 ${LOGSTORE} 新增 1 条错误\n最后一条：ERROR: "支付超时" \\ C:\\temp`
    assert.deepEqual(body, { msgtype: 'text', text: { content } })
  })

  it('writes the message in English if the tab says so', async () => {
    const variables = { CHAT_WEBHOOK_URL: robot.url, CHAT_LANGUAGE: 'en' }
    await rig.deployReading('02', { variables })
    await rig.emulator.append(LOGSTORE, ['ERROR in one line'])
    const { body } = await robot.waitFor(() => true, WAIT_MS)
    const content = `SLS ${LOGSTORE}: 1 error\nLast: ERROR in one line`
    assert.deepEqual(body, { msgtype: 'text', text: { content } })
  })

  it('signs the message for a DingTalk robot that asks for it', async () => {
    const [payload] = await responsesOf('SEC0123', 'SEC0123')
    assert.deepEqual(payload, { errcode: 0, errmsg: 'ok' })
  })

  it('shows why a robot refuses a message that is signed with another secret', async () => {
    const [payload] = await responsesOf('SEC0123', 'SEC4567')
    assert.deepEqual(payload, { errcode: 310000, errmsg: 'sign not match' })
  })

  it('reports an address that is missing as a problem', async () => {
    await rig.deployReading('02')
    await rig.emulator.append(LOGSTORE, ['ERROR'])
    const [problem] = await rig.arrivedAt('problems', 1)
    assert.equal(problem?.error?.source?.name, 'chat robot')
  })

  /** What a robot with one secret responds to an error that is signed with the other. */
  async function responsesOf(robotSecret: string, ownSecret: string): Promise<unknown[]> {
    const signed = await rig.resources.started(startChatRobot(robotSecret))
    const variables = { CHAT_WEBHOOK_URL: signed.url, DINGTALK_SECRET: ownSecret }
    await rig.deployReading('02', { variables })
    await rig.emulator.append(LOGSTORE, ['ERROR'])
    return (await rig.arrivedAt('response', 1)).map(({ payload }) => payload)
  }

  /** How many errors each message told of, as soon as they are so many in all. */
  async function toldOf(errors: number): Promise<number[]> {
    let told = 0
    await robot.waitFor((message) => (told += errorsTold(message)) >= errors, WAIT_MS)
    assert.equal(told, errors, 'errors told')
    return robot.messages.map(errorsTold)
  }
})

function someErrors(count: number): LogInput[] {
  const kinds: readonly LogInput[] = [
    { request_uri: '/cart', status: '502' },
    { level: 'ERROR', message: 'payment timed out' },
    { level: 'FATAL', message: 'out of memory' },
    '2026-01-02 03:04:05 ERROR in one line',
  ]
  return Array.from({ length: count }, (_, index) => kinds[index % kinds.length] ?? '')
}

function noErrors(count: number): LogInput[] {
  const kinds: readonly LogInput[] = [
    { request_uri: '/cart', status: '404' },
    { level: 'WARN', message: 'no ERROR' },
    'a plain line',
    '',
  ]
  return Array.from({ length: count }, (_, index) => kinds[index % kinds.length] ?? '')
}

/** How many errors a message of the robot tells of. */
function errorsTold({ body }: ChatMessage): number {
  const { content } = (body as { readonly text: { readonly content: string } }).text
  return Number(/新增 (\d+) 条错误\n/.exec(content)?.[1])
}

function variable(name: string): string | undefined {
  const tab = readExample('02').find(({ type }) => type === 'tab') ?? assert.fail('no tab')
  const env = tab['env'] as readonly { readonly name: string; readonly value: string }[]
  return env.find((entry) => entry.name === name)?.value
}
