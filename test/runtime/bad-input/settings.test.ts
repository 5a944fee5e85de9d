import assert from 'node:assert/strict'
import { ACCESS_KEY, assertOneLine, BadInputRig, RIGHT } from '../support/bad-input-rig'
import type { Changes } from '../support/failing-node'

interface WrongSetting {
  readonly title: string
  /** What the error says to the user. */
  readonly says: RegExp
  readonly changes: Changes
}

/** One of each kind; every rule has its test in test/unit/config. */
const WRONG_SETTINGS: readonly WrongSetting[] = [
  {
    title: 'no logstore',
    says: /Logstore is missing/,
    changes: { consumer: { logstore: '' } },
  },
  {
    title: 'a project node that is disabled',
    says: /Project is disabled, deleted or not chosen/,
    changes: { ...RIGHT, project: { d: true } },
  },
  {
    title: 'a secret in quotes',
    says: /AccessKey Secret begins or ends with a quotation mark/,
    changes: {
      ...RIGHT,
      project: {
        credentials: { ...ACCESS_KEY, accessKeySecret: `"${ACCESS_KEY.accessKeySecret}"` },
      },
    },
  },
  {
    title: 'a secret from a variable that is not set',
    says: /AccessKey Secret: the environment variable NO_SUCH_VARIABLE is not set/,
    changes: {
      ...RIGHT,
      project: { credentials: { ...ACCESS_KEY, accessKeySecret: '${NO_SUCH_VARIABLE}' } },
    },
  },
  {
    title: 'a TLS configuration that verifies no certificate',
    says: /turns the verification of certificates off/,
    changes: { ...RIGHT, tls: { verifyservercert: false } },
  },
]

describe('bad input', () => {
  const bad = BadInputRig.forAll()

  describe('in a setting', () => {
    for (const { title, says, changes } of WRONG_SETTINGS) {
      it(`is reported at once and starts no connection: ${title}`, async () => {
        const { port } = await bad.start()
        const node = await bad.node()
        await node.deploy(bad.at(port), changes)
        const caught = await node.caught('SLS_CONFIG_INVALID')
        assert.match(caught.error?.message ?? '', says)
        await node.shows({
          code: 'SLS_CONFIG_INVALID',
          statusText: 'config-invalid',
          state: 'failed',
        })
        assert.equal(node.caughtErrors.length, 1, 'errors at the Catch node')
        assertOneLine(node, 'SLS_CONFIG_INVALID')
        assert.equal((await bad.emulator.state()).connections.total, 0, 'connections')
        await bad.note(title, caught, { port, changes })

        await node.deploy(bad.at(port), RIGHT)
        await bad.assertReads(node)
        node.assertTellsNothingOf(ACCESS_KEY.accessKeySecret)
        assert.equal(await node.stop(), 0, 'exit code of Node-RED')
      })
    }
  })
})
