import { SlsKafkaError } from '../errors'
import { UnknownCodecError } from './codecs/codecs'
import type { UnreadableBatchError } from './hardening/fetched-records'

/** Why a shard cannot be read beyond a certain offset. */
export function unreadableBatch(shard: number, error: UnreadableBatchError): SlsKafkaError {
  const { cause, message: detail } = error
  const params = { shard, offset: String(error.offset) }
  return cause instanceof UnknownCodecError
    ? new SlsKafkaError('SLS_CODEC_UNSUPPORTED', { ...params, codec: cause.codec }, error)
    : new SlsKafkaError('SLS_BATCH_UNREADABLE', { ...params, detail }, error)
}
