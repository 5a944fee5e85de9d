/** The smallest compressor of snappy that uses every kind of element; for tests. */
export function snappyOf(bytes: Buffer): Buffer {
  const parts: Buffer[] = [lengthOf(bytes.length)]
  const seen = new Map<number, number>()
  let literalFrom = 0
  for (let at = 0; at < bytes.length;) {
    const match = at + 4 <= bytes.length ? matchAt(bytes, at, seen) : null
    if (!match) {
      at++
      continue
    }
    parts.push(...literal(bytes.subarray(literalFrom, at)), copy(match.distance, match.size))
    at += match.size
    literalFrom = at
  }
  return Buffer.concat([...parts, ...literal(bytes.subarray(literalFrom))])
}

function matchAt(
  bytes: Buffer,
  at: number,
  seen: Map<number, number>,
): { distance: number; size: number } | null {
  const word = bytes.readUInt32LE(at)
  const before = seen.get(word)
  seen.set(word, at)
  if (before === undefined) return null
  let size = 4
  while (size < 64 && at + size < bytes.length && bytes[before + size] === bytes[at + size]) size++
  return { distance: at - before, size }
}

function literal(bytes: Buffer): Buffer[] {
  if (bytes.length === 0) return []
  const size = bytes.length - 1
  if (size < 60) return [Buffer.of(size << 2), bytes]
  const width = size < 2 ** 8 ? 1 : size < 2 ** 16 ? 2 : 3
  const tag = Buffer.alloc(1 + width)
  tag.writeUInt8((59 + width) << 2, 0)
  tag.writeUIntLE(size, 1, width)
  return [tag, bytes]
}

function copy(distance: number, size: number): Buffer {
  if (distance < 2 ** 11 && size < 12) {
    return Buffer.of(((distance >> 8) << 5) | ((size - 4) << 2) | 1, distance & 255)
  }
  const isNear = distance < 2 ** 16
  const element = Buffer.alloc(isNear ? 3 : 5)
  element.writeUInt8(((size - 1) << 2) | (isNear ? 2 : 3), 0)
  element.writeUIntLE(distance, 1, isNear ? 2 : 4)
  return element
}

function lengthOf(length: number): Buffer {
  const bytes: number[] = []
  let left = length
  for (; left >= 0x80; left = Math.floor(left / 128)) bytes.push((left & 0x7f) | 0x80)
  return Buffer.from([...bytes, left])
}
