import { lookup } from 'node:dns/promises'
import { connect, type Socket } from 'node:net'
import { connect as connectTls, type ConnectionOptions } from 'node:tls'
import { unlessAborted, within } from '../async'
import { systemClock } from '../clock'
import { marksOf, reasonOf, type ErrorCode } from '../errors'
import { OtherNameError, verifyingOptions } from '../tls'
import type { Address } from './endpoint'
import { meaningOf } from './error-meanings'
import { networkReasonOf, type NetworkReason } from './network-reason'
import { CONNECTION_TEST_STEPS, type ConnectionTestStep } from './connection-test-steps'

/** The result of one step of the connection test. */
export interface StepResult {
  readonly step: ConnectionTestStep
  /** Milliseconds that the step took. */
  readonly took: number
  /** Null if the step succeeded. No step runs after a failed one. */
  readonly failure: ConnectionFailure | null
  /** The addresses of the name (step `name`), or the ids of the shards (step `logstore`); else empty. */
  readonly found: readonly (string | number)[]
}

/** Why a step failed. */
interface ConnectionFailure {
  readonly code: ErrorCode
  /** The message of Node.js or the Kafka client, which can contain addresses. */
  readonly detail: string
  readonly reason: NetworkReason
  /** Set if the certificate is trusted, but was issued for another name. */
  readonly otherName: OtherNameError | null
}

/** The server that is tested. */
export interface TestedServer {
  readonly address: Address
  /** Server name, CA and client certificate. The server's certificate is always verified. */
  readonly tls: ConnectionOptions
}

/** The client for the steps that use the Kafka protocol. Joins no group. */
export interface ConnectionTestClient {
  login(): Promise<void>
  /** Asks for metadata, which does not show whether the AccessKey may write. @returns ids of the shards */
  findLogstore(): Promise<readonly number[]>
  close(): Promise<void>
}

/** The reason of a step that fails because the signal aborts. */
const ABORTED = 'the test was aborted'

export const STEP_TIMEOUT_MS = 10_000

/**
 * Runs the connection test and yields the result of each step. Never throws: an error is the result of a step. Leaves
 * no connection open.
 *
 * @param timeoutMs time for one step
 * @param signal aborts the test: the current step fails, and no other follows
 */
export async function* runConnectionTest(
  target: TestedServer,
  client: ConnectionTestClient,
  timeoutMs = STEP_TIMEOUT_MS,
  signal?: AbortSignal,
): AsyncGenerator<StepResult> {
  const { host, port } = target.address
  let socket: Socket | null = null
  const steps: Record<ConnectionTestStep, () => Promise<readonly (string | number)[]>> = {
    name: async () => (await lookup(host, { all: true })).map(({ address }) => address),
    port: async () => {
      socket = connect(port, host)
      await event(socket, 'connect')
      return []
    },
    tls: async () => {
      const secured = connectTls({
        ...target.tls,
        ...(socket && { socket }),
        ...verifyingOptions(target.tls.servername ?? host),
      })
      await event(secured, 'secureConnect')
      return []
    },
    'access-key': async () => {
      await client.login()
      return []
    },
    logstore: () => client.findLogstore(),
  }
  try {
    for (const step of CONNECTION_TEST_STEPS) {
      const result = await runStep(
        step,
        () => (signal ? unlessAborted(steps[step](), signal, ABORTED) : steps[step]()),
        timeoutMs,
      )
      yield result
      if (result.failure) return
    }
  } finally {
    // The compiler does not see that a step assigns the socket.
    ;(socket as Socket | null)?.destroy()
    await client.close().catch(() => undefined)
  }
}

async function runStep(
  step: ConnectionTestStep,
  work: () => Promise<readonly (string | number)[]>,
  timeoutMs: number,
): Promise<StepResult> {
  const startMs = systemClock.monotonic()
  const took = (): number => Math.round(systemClock.monotonic() - startMs)
  try {
    const found = await within(work(), timeoutMs)
    return { step, took: took(), failure: null, found }
  } catch (error) {
    const marks = marksOf(error)
    const failure = {
      code: meaningOf(marks),
      detail: reasonOf(error),
      reason: networkReasonOf(marks),
      otherName: error instanceof OtherNameError ? error : null,
    }
    return { step, took: took(), failure, found: [] }
  }
}

function event(socket: Socket, name: 'connect' | 'secureConnect'): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once(name, resolve)
    socket.once('error', reject)
    socket.once('close', () => {
      reject(Object.assign(new Error('the connection was closed'), { code: 'ECONNRESET' }))
    })
  })
}
