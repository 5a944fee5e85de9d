import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileLogs } from '../../../tools/demo/logs/file'
import { parseCommandLine } from '../../../tools/demo/options'
import { UsageError } from '../../../tools/shared/command-line'

describe('demo command line', () => {
  let folder: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'demo-test-'))
  })
  after(() => rm(folder, { recursive: true }))

  async function fileWith(text: string): Promise<string> {
    const path = join(folder, 'some.log')
    await writeFile(path, text)
    return path
  }

  it('needs nothing', async () => {
    assert.deepEqual(await parseCommandLine([]), {
      port: undefined,
      rate: 5,
      orderRate: 5,
      outageSeconds: 20,
      file: undefined,
      isCheck: false,
    })
  })

  it('checks at a higher rate, unless one is given', async () => {
    assert.ok(((await parseCommandLine(['--check']))?.rate ?? 0) > 100)
    assert.equal((await parseCommandLine(['--check', '--rate', '7']))?.rate, 7)
  })

  it('wants only help', async () => {
    assert.equal(await parseCommandLine(['--help', '--file', 'missing']), null)
  })

  it('names in one line what is wrong', async () => {
    const wrong: [string[], RegExp][] = [
      [['--file', join(folder, 'missing')], /there is no file .*missing/],
      [['--file', folder], /is not a file/],
      [['--file', await fileWith('')], /is empty/],
      [['--rate', '0'], /--rate takes a whole number from 1 to 1000, not "0"/],
      [['--port', '80.5'], /--port takes/],
      [['--colour'], /--colour/],
      [['word'], /word/],
    ]
    for (const [args, message] of wrong) {
      await assert.rejects(parseCommandLine(args), (error) => {
        assert.ok(error instanceof UsageError)
        assert.match(error.message, message)
        assert.doesNotMatch(error.message, /\n/)
        return true
      })
    }
  })

  it('reads a file a line a log, and JSON objects by their fields', async () => {
    const next = fileLogs(await fileWith('GET / 200\r\n\n{"level":"错误","took":12}\n[1]'))
    assert.deepEqual(
      [await next(0), await next(0), await next(0), await next(0)],
      [{ content: 'GET / 200' }, { level: '错误', took: '12' }, { content: '[1]' }, undefined],
    )
  })
})
