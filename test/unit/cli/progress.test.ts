import assert from 'node:assert/strict'
import { Progress } from '../../../cli/progress'
import { textsIn } from '../../../cli/texts'

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

describe('cli/progress', () => {
  it('shows one line after the other in the same place, and leaves nothing', () => {
    const clear = '\r\x1b[K'
    const lines = written(true).split(clear)
    assert.deepEqual(lines, ['', 'looking at: tls …', 'looking at: long-poll …', ''])
  })

  it('writes nothing where nobody watches', () => {
    assert.equal(written(false), '')
  })
})
