import { describeGroups } from '../../tools/emulator/apis/describe-groups'
import { fetch } from '../../tools/emulator/apis/fetch'
import { findCoordinator } from '../../tools/emulator/apis/find-coordinator'
import { heartbeat } from '../../tools/emulator/apis/heartbeat'
import { joinGroup } from '../../tools/emulator/apis/join-group'
import { leaveGroup } from '../../tools/emulator/apis/leave-group'
import { listOffsets } from '../../tools/emulator/apis/list-offsets'
import { offsetCommit } from '../../tools/emulator/apis/offset-commit'
import { offsetFetch } from '../../tools/emulator/apis/offset-fetch'
import { produce } from '../../tools/emulator/apis/produce'
import { syncGroup } from '../../tools/emulator/apis/sync-group'
import type { ErrorCode } from '../../tools/emulator/protocol/error-codes'
import { Reader } from '../../tools/emulator/protocol/reader'
import { Writer } from '../../tools/emulator/protocol/writer'
import { APIS } from '../../lib/kafka/protocol'

/** The requests that a test can read and answer, by the emulator's code, which shares nothing with the client's. */
const CODECS = {
  DescribeGroups: describeGroups,
  Fetch: fetch,
  FindCoordinator: findCoordinator,
  Heartbeat: heartbeat,
  JoinGroup: joinGroup,
  LeaveGroup: leaveGroup,
  ListOffsets: listOffsets,
  OffsetCommit: offsetCommit,
  OffsetFetch: offsetFetch,
  Produce: produce,
  SyncGroup: syncGroup,
} as const

export type CodecApi = keyof typeof CODECS

/** The content of a request. */
export type Fields<A extends CodecApi> = ReturnType<(typeof CODECS)[A]['decode']>

/** The content of a response. Any number serves as an error code. */
export type ResponseFields<A extends CodecApi> = AnyCode<
  Parameters<(typeof CODECS)[A]['encode']>[1]
>

type AnyCode<T> = T extends ErrorCode
  ? number
  : T extends Buffer | bigint
    ? T
    : T extends object
      ? { readonly [K in keyof T]: AnyCode<T[K]> }
      : T

interface ApiCodec {
  decode(reader: Reader, version: number): unknown
  encode(writer: Writer, answer: unknown, version: number, throttleMs: number): void
}

/** The greatest version that both the client and the emulator speak. */
export function codecVersion(api: CodecApi): number {
  return Math.min(APIS[api].greatest, CODECS[api].versions.max['2.2'])
}

export function fieldsOf<A extends CodecApi>(api: A, body: Buffer): Fields<A> {
  const speaker = CODECS[api] as unknown as ApiCodec
  return speaker.decode(new Reader(body), codecVersion(api)) as Fields<A>
}

/** @returns the body of the response, without the correlation id */
export function responseBytes<A extends CodecApi>(api: A, answer: ResponseFields<A>): Buffer {
  const speaker = CODECS[api] as unknown as ApiCodec
  const writer = new Writer()
  speaker.encode(writer, answer, codecVersion(api), 0)
  return writer.toBuffer()
}
