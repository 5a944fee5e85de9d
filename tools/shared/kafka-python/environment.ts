import { execFile } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { repositoryRoot } from '../repository'

const run = promisify(execFile)

const FOLDER = join(repositoryRoot(), '.cache', 'kafka-python')
/** Python 3.12 and newer cannot use the copy of six in this version (see consumer.py). */
const PACKAGES = ['kafka-python==2.0.2', 'six==1.16.0']
const INSTALL_MS = 5 * 60_000

/** The Python that has kafka-python, once it has been fetched. */
export function pythonWithKafka(): string {
  return join(FOLDER, 'bin', 'python')
}

/** Fetches kafka-python into a virtual environment of its own, once. @throws Error one line that says what to install */
export async function fetchKafkaPython(): Promise<void> {
  if (await isFetched()) return
  await requireVenv()
  await mkdir(dirname(FOLDER), { recursive: true })
  await run('python3', ['-m', 'venv', '--clear', FOLDER])
  const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...PACKAGES]
  await run(pythonWithKafka(), install, { timeout: INSTALL_MS })
}

/** All of it: an installation that was interrupted is not taken for a whole one. */
async function isFetched(): Promise<boolean> {
  try {
    const { stdout } = await run(pythonWithKafka(), ['-m', 'pip', 'freeze'])
    const installed = stdout.split('\n')
    return PACKAGES.every((name) => installed.includes(name))
  } catch {
    return false
  }
}

async function requireVenv(): Promise<void> {
  try {
    await run('python3', ['-c', 'import venv, ensurepip'])
  } catch (cause) {
    throw new Error(
      'kafka-python needs Python 3 with venv: install it, e.g. apt-get install python3-venv',
      { cause },
    )
  }
}
