import assert from 'node:assert/strict'
import type { RunningEmulator } from '../../../tools/emulator/process'
import { ACCESS_KEY, assertOneLine, BadInputRig, RIGHT } from './bad-input-rig'
import type { Changes } from './failing-node'

/** The first try and two more, 2 s and 4 s later. */
const TRIES = 3

/** How a service that fails is set up. */
interface Situation {
  /** Where the flow looks for the service. */
  readonly port: number
  readonly changes?: Changes
  readonly env?: Readonly<Record<string, string>>
  /** Takes the cause away. Without it the flow is what is wrong, and a right one is deployed. */
  readonly mend?: () => Promise<unknown>
  /** Logins that the service has counted, if it is asked for any. */
  readonly logins?: () => Promise<number>
}

export interface FailingService {
  readonly title: string
  readonly code: string
  readonly statusText: string
  /** What the error also says to the user. */
  readonly says?: RegExp
  /** Default `TRIES`; fewer where each takes long. */
  readonly tries?: number
  readonly arrange: (bad: BadInputRig) => Promise<Situation>
}

/** Declares a test for each. */
export function failsAndRecovers(services: readonly FailingService[]): void {
  describe('bad input', () => {
    const bad = BadInputRig.forAll()

    describe('of the service', () => {
      for (const service of services) {
        it(`is reported once, and tried again after longer and longer waits: ${service.title}`, () =>
          isReportedOnceAndTriedAgain(service, bad))
      }
    })
  })
}

async function isReportedOnceAndTriedAgain(
  service: FailingService,
  bad: BadInputRig,
): Promise<void> {
  const { title, code, statusText, says = /./, tries = TRIES, arrange } = service
  const { port, changes = RIGHT, env, mend, logins } = await arrange(bad)
  const node = await bad.node(env)
  await node.deploy(bad.at(port), changes)
  const caught = await node.caught(code)
  assert.match(caught.error?.message ?? '', says)
  await node.shows({ code, statusText, state: 'failed' })
  await node.hasTried(tries)
  assert.ok(node.failedTries <= node.mostTries, `${node.failedTries} tries`)
  if (logins) assert.ok((await logins()) <= node.mostTries, `${await logins()} logins`)
  assert.equal(node.caughtErrors.length, 1, 'errors at the Catch node')
  assertOneLine(node, code)
  await bad.note(title, caught, { port, changes, ...(env && { env }) })

  const recovers = node.recovers()
  await (mend ? mend() : node.deploy(bad.at(port), RIGHT))
  await recovers
  if (mend) assertOneLine(node, 'recovered after')
  await bad.assertReads(node)
  assert.equal(node.caughtErrors.length, 1, 'errors at the Catch node')
  node.assertTellsNothingOf(ACCESS_KEY.accessKeySecret)
  assert.equal(await node.stop(), 0, 'exit code of Node-RED')
}

export async function loginsOf(emulator: RunningEmulator): Promise<number> {
  const { logins } = await emulator.state()
  return logins.accepted + logins.refused
}
