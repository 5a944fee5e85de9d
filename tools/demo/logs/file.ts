import { constants, createReadStream } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { lineFields } from '../../emulator/input/feed'
import type { LogBody, LogSource } from './log'

/** Null if the file can be fed, otherwise what is wrong with it. */
export async function fileProblem(path: string): Promise<string | null> {
  const found = await stat(path).catch(() => null)
  if (!found) return `there is no file ${path}`
  if (!found.isFile()) return `${path} is not a file`
  if (found.size === 0) return `the file ${path} is empty`
  return access(path, constants.R_OK).then(
    () => null,
    () => `the file ${path} may not be read`,
  )
}

/** A line a log; only as much of the file is read as has been asked for. */
export function fileLogs(path: string): LogSource {
  const lines = logsOf(path)
  return async () => {
    const { value, done } = await lines.next()
    return done === true ? undefined : value
  }
}

async function* logsOf(path: string): AsyncGenerator<LogBody, undefined> {
  const input = createReadStream(path, 'utf8')
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    // The same reading of a line as with `npm run emulator -- --file`.
    if (line !== '') yield Object.fromEntries(lineFields(line))
  }
  return undefined
}
