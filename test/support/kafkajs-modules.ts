import { PrivateModules, type Rewrite } from '../../lib/kafka/hardening/private-modules'

const KAFKAJS = require.resolve('kafkajs/package.json')

export interface Fix {
  readonly file: string
  readonly rewrite: Rewrite
}

/** A copy of kafkajs with these fixes and no others; without any, as it is published. */
export function kafkajsWith(...fixes: readonly Fix[]): PrivateModules {
  const rewrites = Object.fromEntries(fixes.map(({ file, rewrite }) => [file, rewrite]))
  return new PrivateModules(KAFKAJS, rewrites)
}

type DecodeMessages = (decoder: unknown) => Promise<{ offset: string; value: Buffer }[]>

/** What a copy of kafkajs makes of the records of one shard in a fetch answer. */
export async function decodeRecords(
  modules: PrivateModules,
  bytes: Buffer,
): ReturnType<DecodeMessages> {
  const Decoder = modules.load('src/protocol/decoder.js') as new (bytes: Buffer) => unknown
  const decode = modules.load('src/protocol/requests/fetch/v4/decodeMessages.js') as DecodeMessages
  const size = Buffer.alloc(4)
  size.writeInt32BE(bytes.length)
  return decode(new Decoder(Buffer.concat([size, bytes])))
}
