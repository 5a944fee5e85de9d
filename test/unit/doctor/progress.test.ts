import assert from 'node:assert/strict'
import { Progress } from '../../../lib/doctor/progress'
import { textsIn } from '../../../lib/doctor/texts'

function written(isTTY: boolean): string {
  let text = ''
  const stream = {
    isTTY,
    write: (part: string | Uint8Array) => {
      text += String(part)
      return true
    },
  }
  const progress = new Progress(stream, textsIn('en-US'))
  progress.show('tls')
  progress.show('long-poll')
  progress.clear()
  return text
}

describe('doctor/progress', () => {
  it('replaces its line at each check, and clears it at the end', () => {
    const clear = '\r\x1b[K'
    const lines = written(true).split(clear)
    assert.deepEqual(lines, ['', 'checking: tls …', 'checking: long-poll …', ''])
  })

  it('writes nothing to a file or a pipe', () => {
    assert.equal(written(false), '')
  })
})
