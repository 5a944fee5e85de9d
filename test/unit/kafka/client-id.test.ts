import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { markRunning, isStaleClientId, newClientId } from '../../../lib/kafka/client-id'

const NODE = 'a1b2c3d4'

/** The same client id as if another process had made it. */
function ofProcess(clientId: string, pid: number): string {
  return clientId.replace(`.${process.pid}.`, `.${pid}.`)
}

/** Of a process that has ended. */
function deadPid(): number {
  return spawnSync(process.execPath, ['--version']).pid
}

describe('kafka/client-id', () => {
  const own = newClientId(NODE)

  it('never repeats, and says which node it is', () => {
    assert.notEqual(newClientId(NODE), own)
    assert.match(own, /^node-red-sls-kafka\/[^/]+\/a1b2c3d4\//)
  })

  it('knows the life of a process that has ended', () => {
    assert.equal(isStaleClientId(ofProcess(own, deadPid()), own), true)
  })

  it('knows an ended life of this process, and leaves one alone that goes on', () => {
    const earlier = newClientId(NODE)
    const end = markRunning(earlier)
    assert.equal(isStaleClientId(earlier, own), false)
    end()
    assert.equal(isStaleClientId(earlier, own), true)
  })

  it('never guesses', () => {
    const dead = ofProcess(own, deadPid())
    const elsewhere = dead.replace(/\/[0-9a-f]+\.(\d+)/, '/00000000.$1')
    assert.notEqual(elsewhere, dead)
    assert.equal(isStaleClientId(elsewhere, own), false, 'another machine or container')
    assert.equal(isStaleClientId(ofProcess(own, process.ppid), own), false, 'a process that runs')
    assert.equal(isStaleClientId(dead.replace(NODE, 'ffffffff'), own), false, 'another node')
    for (const other of ['', 'kcat', 'node-red-sls-kafka/host/node/0a1b2c3d']) {
      assert.equal(isStaleClientId(other, own), false, other)
    }
  })
})
