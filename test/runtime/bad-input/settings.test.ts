import assert from 'node:assert/strict'
import { ACCESS_KEY, assertOneLine, BadInput, LOGSTORE, RIGHT } from '../support/bad-input'
import type { Changes } from '../support/failing-node'

interface WrongSetting {
  readonly title: string
  /** What the error says to the user. */
  readonly says: RegExp
  readonly changes: Changes
}

const WRONG_SETTINGS: readonly WrongSetting[] = [
  {
    title: 'no logstore',
    says: /Logstore is missing/,
    changes: { consumer: { logstore: '' } },
  },
  {
    title: 'no group',
    says: /Group is missing/,
    changes: { consumer: { ...RIGHT.consumer, group: '' } },
  },
  {
    title: 'no project node',
    says: /Project is disabled, deleted or not chosen/,
    changes: { consumer: { ...RIGHT.consumer, project: '' } },
  },
  {
    title: 'a project node that is disabled',
    says: /Project is disabled, deleted or not chosen/,
    changes: { ...RIGHT, project: { d: true } },
  },
  {
    title: 'a variable in a longer text',
    says: /Logstore has \$\{ in a longer text.*\$\{NAME\} alone/,
    changes: { consumer: { logstore: 'access-${ENV}' } },
  },
  {
    title: 'a list where a text belongs',
    says: /Commit is \["onAck"\], which is neither a text nor a number/,
    changes: { consumer: { ...RIGHT.consumer, commit: ['onAck'] } },
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
    title: 'a logstore with impossible characters',
    says: /Logstore "Access Log" is no logstore name: .*lowercase letters/,
    changes: { consumer: { logstore: 'Access Log' } },
  },
  {
    title: 'a project with impossible characters',
    says: /project's name "Shop_Prod" is no project name: .*lowercase letters/,
    changes: { ...RIGHT, project: { project: 'Shop_Prod' } },
  },
  {
    title: 'half an AccessKey',
    says: /AccessKey is incomplete/,
    changes: { ...RIGHT, project: { credentials: { accessKeyId: ACCESS_KEY.accessKeyId } } },
  },
  {
    title: 'a setting from a variable that is not set',
    says: /Logstore: the environment variable NO_SUCH_VARIABLE is not set/,
    changes: { consumer: { logstore: '${NO_SUCH_VARIABLE}' } },
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
    title: 'a start time without its zone',
    says: /Start time "2026-11-22T10:00:00" has no time zone; .* write 2026-11-22T10:00:00[+-]\d\d:\d\d\./,
    changes: {
      consumer: { logstore: LOGSTORE, startFrom: 'time', startTime: '2026-11-22T10:00:00' },
    },
  },
  {
    title: 'a TLS configuration that verifies no certificate',
    says: /turns the verification of certificates off/,
    changes: { ...RIGHT, tls: { verifyservercert: false } },
  },
]

describe('bad input', () => {
  const bad = BadInput.forAll()

  describe('in a setting is told at once and tries nothing', () => {
    for (const { title, says, changes } of WRONG_SETTINGS) {
      it(title, async () => {
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
        assert.equal((await bad.endpoint.state()).connections.total, 0, 'connections')
        await bad.note(title, caught, { port, changes })

        await node.deploy(bad.at(port), RIGHT)
        await bad.assertReads(node)
        node.assertTellsNothingOf(ACCESS_KEY.accessKeySecret)
        assert.equal(await node.stop(), 0, 'exit code of Node-RED')
      })
    }
  })
})
