import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { begin, isFormerLife, newClientId } from '../../../lib/kafka/incarnation'

const NODE = 'a1b2c3d4'

/** The same client id as if another process had made it. */
function ofProcess(clientId: string, pid: number): string {
  return clientId.replace(`.${process.pid}.`, `.${pid}.`)
}

/** Of a process that has ended. */
function deadPid(): number {
  return spawnSync(process.execPath, ['--version']).pid
}

describe('kafka/incarnation', () => {
  const own = newClientId(NODE)

  it('never repeats, and says which node it is', () => {
    assert.notEqual(newClientId(NODE), own)
    assert.match(own, /^node-red-sls-kafka\/[^/]+\/a1b2c3d4\//)
  })

  it('knows the life of a process that has ended', () => {
    assert.equal(isFormerLife(ofProcess(own, deadPid()), own), true)
  })

  it('knows an ended life of this process, and leaves one alone that goes on', () => {
    const earlier = newClientId(NODE)
    const end = begin(earlier)
    assert.equal(isFormerLife(earlier, own), false)
    end()
    assert.equal(isFormerLife(earlier, own), true)
  })

  it('never guesses', () => {
    const dead = ofProcess(own, deadPid())
    const elsewhere = dead.replace(/\/[0-9a-f]+\.(\d+)/, '/00000000.$1')
    assert.notEqual(elsewhere, dead)
    assert.equal(isFormerLife(elsewhere, own), false, 'another machine or container')
    assert.equal(isFormerLife(ofProcess(own, process.ppid), own), false, 'a process that runs')
    assert.equal(isFormerLife(dead.replace(NODE, 'ffffffff'), own), false, 'another node')
    for (const other of ['', 'kcat', 'node-red-sls-kafka/host/node/0a1b2c3d']) {
      assert.equal(isFormerLife(other, own), false, other)
    }
  })
})
