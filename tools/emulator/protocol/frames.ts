import { MalformedRequestError } from './reader'

const LENGTH_BYTES = 4
/** Apache Kafka's default for `socket.request.max.bytes`. */
const MAX_FRAME_BYTES = 100 * 1024 * 1024

/**
 * Cuts a byte stream into frames, each preceded by its length as INT32.
 *
 * The stream is read only while the caller waits for the next frame. A connection that is busy with a
 * request therefore does not notice that its client has gone, which is what Apache Kafka calls a
 * muted channel.
 */
export async function* readFrames(
  stream: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer, undefined> {
  let chunks: Buffer[] = []
  let available = 0
  let wanted = LENGTH_BYTES
  let readingLength = true

  for await (const chunk of stream) {
    chunks.push(chunk)
    available += chunk.length
    if (available < wanted) continue

    let bytes = Buffer.concat(chunks)
    while (bytes.length >= wanted) {
      const part = bytes.subarray(0, wanted)
      bytes = bytes.subarray(wanted)
      wanted = LENGTH_BYTES
      if (readingLength) wanted = checkedLength(part.readInt32BE())
      else yield part
      readingLength = !readingLength
    }
    chunks = [bytes]
    available = bytes.length
  }
}

function checkedLength(length: number): number {
  if (length < 0 || length > MAX_FRAME_BYTES) {
    throw new MalformedRequestError(`a request of ${length} bytes`)
  }
  return length
}

/** Puts the length in front of an answer. */
export function frame(chunks: readonly Buffer[]): Buffer[] {
  const length = Buffer.allocUnsafe(LENGTH_BYTES)
  length.writeInt32BE(chunks.reduce((sum, chunk) => sum + chunk.length, 0))
  return [length, ...chunks]
}
