// Writes logs with our writer in a process of its own, without Node-RED. The first argument is the task as JSON;
// the output is JSON too.
import { readFileSync } from 'node:fs'
import { openLogWriter } from '../../shared/log-writer'
import { textsOf, timeWriting, writeRun } from './timed-writing'

/** Calls that wait for their logs at any moment, as messages of a flow do. */
const CALLS = 8

async function main(): Promise<void> {
  const run = writeRun()
  const { port, caFile, user, password, logstore } = run
  const [accessKeyId = '', accessKeySecret = ''] = password.split('#')
  const ca = readFileSync(caFile, 'utf8')
  const service = { port, ca, project: user, accessKeyId, accessKeySecret }
  const { writer } = openLogWriter(service, { logstore, compression: 'none' })
  const texts = textsOf(run)
  // The time of the connection is not measured.
  await writer.write('first')
  await timeWriting(run, async () => {
    let left = run.records / run.batch
    const write = async (): Promise<void> => {
      while (left-- > 0) {
        const { error } = await writer.write(texts)
        if (error) throw error
      }
    }
    await Promise.all(Array.from({ length: CALLS }, write))
  })
}

main().catch((error: unknown) => {
  console.error(error)
  process.exit(1)
})
