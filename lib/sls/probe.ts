import { lookup } from 'node:dns/promises'
import { connect, type Socket } from 'node:net'
import { connect as connectTls, type ConnectionOptions } from 'node:tls'
import { unlessAborted } from '../abort'
import { within } from '../bounded'
import { systemClock } from '../clock'
import { marksOf, reasonOf, type ErrorCode } from '../errors'
import { verifiedAs } from '../peer-identity'
import type { Address } from './endpoint'
import { meaningOf } from './meanings'
import { networkReasonOf, type NetworkReason } from './network-reason'
import { PROBE_STEPS, type ProbeStep } from './probe-steps'

export interface ProbeResult {
  readonly step: ProbeStep
  /** Milliseconds. */
  readonly took: number
  /** Null if the step succeeded; no later step is tried after one that did not. */
  readonly failure: ProbeFailure | null
  /** What was found: addresses of the name, ids of the shards. */
  readonly found: readonly (string | number)[]
}

export interface ProbeFailure {
  readonly code: ErrorCode
  /** In the words of Node.js or of the Kafka client: for whoever may see addresses. */
  readonly detail: string
  readonly reason: NetworkReason
}

export interface ProbeTarget {
  readonly address: Address
  /** Server name, CA and the like. Certificates are always verified. */
  readonly tls: ConnectionOptions
}

/** The steps that take the Kafka protocol. Joins no group. */
export interface ProbeClient {
  login(): Promise<void>
  /** @returns ids of the shards */
  findLogstore(): Promise<readonly number[]>
  close(): Promise<void>
}

/** Why a step fails that a signal ended. */
const ENDED = 'nobody waits for it any more'

/** Milliseconds for one step. */
export const STEP_TIMEOUT = 10_000

/**
 * Finds out how far a connection gets, step by step, and yields each as it is reached. Never throws:
 * what goes wrong is the result of a step. Bounded by a time for each step, and leaves nothing open.
 *
 * @param signal ends it early: the step that it is at fails, and none follows
 */
export async function* probe(
  target: ProbeTarget,
  client: ProbeClient,
  timeout = STEP_TIMEOUT,
  signal?: AbortSignal,
): AsyncGenerator<ProbeResult> {
  const { host, port } = target.address
  let socket: Socket | null = null
  const steps: Record<ProbeStep, () => Promise<readonly (string | number)[]>> = {
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
        ...verifiedAs(target.tls.servername ?? host),
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
    for (const step of PROBE_STEPS) {
      const result = await take(
        step,
        () => (signal ? unlessAborted(steps[step](), signal, ENDED) : steps[step]()),
        timeout,
      )
      yield result
      if (result.failure) return
    }
  } finally {
    // Assigned in a step, which the compiler does not follow.
    ;(socket as Socket | null)?.destroy()
    await client.close().catch(() => undefined)
  }
}

async function take(
  step: ProbeStep,
  work: () => Promise<readonly (string | number)[]>,
  timeout: number,
): Promise<ProbeResult> {
  const startMs = systemClock.monotonic()
  const took = (): number => Math.round(systemClock.monotonic() - startMs)
  try {
    const found = await within(work(), timeout)
    return { step, took: took(), failure: null, found }
  } catch (error) {
    const marks = marksOf(error)
    const failure = {
      code: meaningOf(marks),
      detail: reasonOf(error),
      reason: networkReasonOf(marks),
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
