import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ServiceAddress } from '../../../tools/shared/consumer-options'
import {
  startEmulator,
  type RunningEmulator,
  type StartOptions,
} from '../../../tools/emulator/process'
import type { SinkMessage } from '../../../tools/shared/node-red'
import { Resources } from '../../../tools/shared/resources'
import { FailingNode, type Changes } from './failing-node'

export const LOGSTORE = 'access-log'
export const SHARDS = 2
export const ACCESS_KEY = {
  accessKeyId: 'LTAI5tTestTestTestTest42',
  accessKeySecret: 'KEEP-THIS-TO-YOURSELF',
}
/** A flow that fits the service. */
export const RIGHT: Changes = { consumer: { logstore: LOGSTORE } }

type Environment = Readonly<Record<string, string>>

/** What a user reads, in both languages. */
interface Row {
  readonly title: string
  readonly english: string
  readonly chinese: string
}

/** Puts nodes before something wrong, and prints at the end what a user reads of it. */
export class BadInputRig {
  /** What one test starts, ended after it. */
  readonly resources = new Resources()
  readonly #ofAll = new Resources()
  readonly #table: Row[] = []
  #folder = ''
  #trusted: ServiceAddress | undefined
  #emulator: RunningEmulator | undefined
  #inChinese: FailingNode | undefined

  /** To be called in a `describe`, for its tests. */
  static forAll(): BadInputRig {
    const bad = new BadInputRig()
    before(() => bad.#prepare())
    afterEach(() => bad.resources.end())
    after(() => bad.#ofAll.end())
    after(() => {
      bad.#print()
    })
    return bad
  }

  /** A folder of these tests. */
  get folder(): string {
    return this.#folder
  }

  /** The emulator that was started last. */
  get emulator(): RunningEmulator {
    return running(this.#emulator)
  }

  /** Starts an emulator whose certificate the flow trusts, with the flow's AccessKey and logstore. */
  async start(options: StartOptions = {}): Promise<RunningEmulator> {
    this.#emulator = await this.resources.started(this.#started(options))
    return this.#emulator
  }

  async node(env: Environment = {}): Promise<FailingNode> {
    return FailingNode.start(this.resources, { env })
  }

  /** What the flow knows of the service that listens on this port. */
  at(port: number): ServiceAddress {
    return { ...running(this.#trusted), port }
  }

  /** Notes what the error says, and what a runtime in Chinese says instead. */
  async note(
    title: string,
    english: SinkMessage,
    { port, changes, env }: { port: number; changes: Changes; env?: Environment },
  ): Promise<void> {
    const { code = '', message: text = '' } = english.error ?? {}
    const node = await this.#nodeInChinese(env)
    await node.deploy(this.at(port), changes)
    const chinese = (await node.caught(code)).error?.message ?? ''
    await node.withdraw()
    assert.ok(chinese.startsWith(`${code}: `), chinese)
    assert.match(chinese, /\p{Script=Han}{3}/u)
    this.#table.push({ title, english: text, chinese })
  }

  /** Records reach the flow: one for each of the two nodes. */
  async assertReads(node: FailingNode): Promise<void> {
    const from = node.records.messages.length
    await this.emulator.append(LOGSTORE, ['{"reads": "again"}'])
    await node.records.waitFor(from + 2)
  }

  async #prepare(): Promise<void> {
    this.#folder = await mkdtemp(join(tmpdir(), 'bad-input-'))
    this.#ofAll.onEnd(() => rm(this.#folder, { recursive: true }))
    // The certificate stays in its folder, for every emulator that is started with it later.
    const first = await this.#started({})
    await first.stop()
    this.#trusted = { ...first, ...ACCESS_KEY }
  }

  #started(options: StartOptions): Promise<RunningEmulator> {
    return startEmulator({
      logstores: { [LOGSTORE]: SHARDS },
      certificates: join(this.#folder, 'trusted'),
      ...ACCESS_KEY,
      ...options,
    })
  }

  /** One for all tests, except for those that want an environment of their own. */
  async #nodeInChinese(env?: Environment): Promise<FailingNode> {
    const lang = 'zh-CN'
    if (env) return FailingNode.start(this.resources, { env, lang })
    this.#inChinese ??= await FailingNode.start(this.#ofAll, { lang })
    return this.#inChinese
  }

  #print(): void {
    const rows = this.#table.map(
      ({ title, english, chinese }) => `${title}\n  ${english}\n  ${chinese}\n\n`,
    )
    process.stdout.write(rows.join(''))
  }
}

/** One line of each node's log has the text, however often there was reason for it. */
export function assertOneLine(node: FailingNode, text: string): void {
  for (const logged of node.loggedLines) {
    const lines = logged.filter((line) => line.includes(text))
    assert.equal(lines.length, 1, `lines of the log for ${text}:\n${logged.join('\n')}`)
  }
}

function running<T>(resource: T | undefined): T {
  if (resource === undefined) throw new Error('runs only in a test')
  return resource
}
