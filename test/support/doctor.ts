import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Report } from '../../lib/doctor/report'
import type { ServiceAddress } from '../../tools/shared/consumer-options'
import { repositoryRoot } from '../../tools/shared/repository'

const PROGRAM = join(repositoryRoot(), 'dist', 'lib', 'doctor', 'main.js')

/** How a run of the command ended, and what it wrote. */
export interface DoctorRun {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

type Environment = Readonly<Record<string, string>>

/** Runs the command as a user does; its environment holds nothing else. */
export async function runDoctor(
  args: readonly string[],
  environment: Environment = {},
): Promise<DoctorRun> {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ])
  return { code, stdout, stderr }
}

/** The command with what it takes to reach a service. */
export class Doctor {
  readonly #service: ServiceAddress
  readonly #folder: string

  static async of(service: ServiceAddress): Promise<Doctor> {
    const folder = await mkdtemp(join(tmpdir(), 'doctor-'))
    await writeFile(join(folder, 'ca.pem'), service.ca)
    return new Doctor(service, folder)
  }

  private constructor(service: ServiceAddress, folder: string) {
    this.#service = service
    this.#folder = folder
  }

  /** @param args beside those that name the project, the address and the certificate */
  run(args: readonly string[], environment: Environment = {}): Promise<DoctorRun> {
    const { project, port, accessKeyId, accessKeySecret } = this.#service
    const where = ['--project', project, '--bootstrap', `localhost:${port}`]
    return runDoctor([...where, '--ca', join(this.#folder, 'ca.pem'), ...args], {
      SLS_ACCESS_KEY_ID: accessKeyId,
      SLS_ACCESS_KEY_SECRET: accessKeySecret,
      ...environment,
    })
  }

  async report(args: readonly string[]): Promise<Report> {
    return JSON.parse((await this.run([...args, '--json'])).stdout) as Report
  }

  async stop(): Promise<void> {
    await rm(this.#folder, { recursive: true })
  }
}

/** Lines of a text report by the name in front, those below it included. */
export function linesOf(report: string): ReadonlyMap<string, string> {
  const lines = new Map<string, string>()
  let last = ''
  for (const line of report.split('\n')) {
    const name = /^ {2}(?:[✓✗·] )?([a-z][\w-]*) /.exec(line)?.[1]
    if (name !== undefined) last = name
    if (/^ {2}/.test(line)) lines.set(last, [lines.get(last) ?? '', line.trim()].join(' ').trim())
  }
  return lines
}
