import { createRequire } from 'node:module'

type DecodeMessages = (decoder: unknown) => Promise<{ offset: string; value: Buffer }[]>

/** A module of kafkajs that it does not export. @param file name below the package's folder */
function kafkajsModule(file: string): unknown {
  return createRequire(__filename)(`kafkajs/${file}`) as unknown
}

/** What kafkajs makes of the records of one shard in a fetch response. */
export async function decodeRecords(bytes: Buffer): ReturnType<DecodeMessages> {
  const Decoder = kafkajsModule('src/protocol/decoder.js') as new (bytes: Buffer) => unknown
  const file = 'src/protocol/requests/fetch/v4/decodeMessages.js'
  const decode = kafkajsModule(file) as DecodeMessages
  const size = Buffer.alloc(4)
  size.writeInt32BE(bytes.length)
  return decode(new Decoder(Buffer.concat([size, bytes])))
}
