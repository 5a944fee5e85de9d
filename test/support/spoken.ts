import { describeGroups } from '../../emulator/apis/describe-groups'
import { fetch } from '../../emulator/apis/fetch'
import { findCoordinator } from '../../emulator/apis/find-coordinator'
import { heartbeat } from '../../emulator/apis/heartbeat'
import { joinGroup } from '../../emulator/apis/join-group'
import { leaveGroup } from '../../emulator/apis/leave-group'
import { listOffsets } from '../../emulator/apis/list-offsets'
import { offsetCommit } from '../../emulator/apis/offset-commit'
import { offsetFetch } from '../../emulator/apis/offset-fetch'
import { syncGroup } from '../../emulator/apis/sync-group'
import type { ErrorCode } from '../../emulator/protocol/error-codes'
import { Reader } from '../../emulator/protocol/reader'
import { Writer } from '../../emulator/protocol/writer'
import { APIS } from '../../lib/kafka/protocol'

/** The requests that a test can read and answer, by the emulator's code, which shares nothing with the client's. */
const SPOKEN = {
  DescribeGroups: describeGroups,
  Fetch: fetch,
  FindCoordinator: findCoordinator,
  Heartbeat: heartbeat,
  JoinGroup: joinGroup,
  LeaveGroup: leaveGroup,
  ListOffsets: listOffsets,
  OffsetCommit: offsetCommit,
  OffsetFetch: offsetFetch,
  SyncGroup: syncGroup,
} as const

export type Spoken = keyof typeof SPOKEN

/** The content of a request. */
export type Fields<A extends Spoken> = ReturnType<(typeof SPOKEN)[A]['decode']>

/** The content of a response. Any number serves as an error code. */
export type Answer<A extends Spoken> = AnyCode<Parameters<(typeof SPOKEN)[A]['encode']>[1]>

type AnyCode<T> = T extends ErrorCode
  ? number
  : T extends Buffer | bigint
    ? T
    : T extends object
      ? { readonly [K in keyof T]: AnyCode<T[K]> }
      : T

interface Speaker {
  decode(reader: Reader, version: number): unknown
  encode(writer: Writer, answer: unknown, version: number, throttleMs: number): void
}

/** The greatest version that both the client and the emulator speak. */
export function spokenVersion(api: Spoken): number {
  return Math.min(APIS[api].greatest, SPOKEN[api].versions.max['2.2'])
}

export function fieldsOf<A extends Spoken>(api: A, body: Buffer): Fields<A> {
  const speaker = SPOKEN[api] as unknown as Speaker
  return speaker.decode(new Reader(body), spokenVersion(api)) as Fields<A>
}

/** @returns the body of the response, without the correlation id */
export function answerBytes<A extends Spoken>(api: A, answer: Answer<A>): Buffer {
  const speaker = SPOKEN[api] as unknown as Speaker
  const writer = new Writer()
  speaker.encode(writer, answer, spokenVersion(api), 0)
  return writer.toBuffer()
}
