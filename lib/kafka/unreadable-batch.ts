import { SlsKafkaError } from '../errors'
import { UnknownCodecError } from './compression/codecs'

/** A record batch that cannot be decoded, and whatever follows it, since it would be read in vain. */
export class UnreadableBatchError extends Error {
  override readonly name = 'UnreadableBatchError'
  /** Where it begins. */
  readonly offset: bigint
  /** Where it ends; null if it does not tell. */
  readonly lastOffset: bigint | null

  constructor(offset: bigint, cause: unknown, lastOffset: bigint | null = null) {
    super(cause instanceof Error ? cause.message : String(cause), { cause })
    this.offset = offset
    this.lastOffset = lastOffset
  }
}

/** Why a shard cannot be read beyond a certain offset. */
export function unreadableBatch(shard: number, error: UnreadableBatchError): SlsKafkaError {
  const { cause, message: detail } = error
  const params = { shard, offset: String(error.offset) }
  return cause instanceof UnknownCodecError
    ? new SlsKafkaError('SLS_CODEC_UNSUPPORTED', { ...params, codec: cause.codec }, error)
    : new SlsKafkaError('SLS_BATCH_UNREADABLE', { ...params, detail }, error)
}
