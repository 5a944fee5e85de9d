// JSON with two additions that the flows' messages need: Buffers come back as Buffers (compactly),
// and Errors keep what a test wants to see of them.

interface EncodedBuffer {
  $buffer: string
}

/** One message as one line of JSON, without the line end. */
export function encodeMessage(message: object): string {
  return JSON.stringify(message, function (this: Record<string, unknown>, key, value: unknown) {
    // Buffer has a toJSON, so only the holder still has the Buffer itself.
    const raw = this[key]
    if (Buffer.isBuffer(raw)) return { $buffer: raw.toString('base64') } satisfies EncodedBuffer
    if (raw instanceof Error) return encodeError(raw)
    if (typeof raw === 'bigint') return raw.toString()
    return value
  })
}

/** An Error's own message is not enumerable, so JSON would drop it; its code is. */
function encodeError(error: Error): object {
  return Object.assign({ name: error.name, message: error.message }, error)
}

export function decodeMessage(line: string): unknown {
  return JSON.parse(line, (_key, value: unknown) =>
    isEncodedBuffer(value) ? Buffer.from(value.$buffer, 'base64') : value,
  ) as unknown
}

function isEncodedBuffer(value: unknown): value is EncodedBuffer {
  return (
    typeof value === 'object' &&
    value !== null &&
    '$buffer' in value &&
    typeof value.$buffer === 'string'
  )
}
