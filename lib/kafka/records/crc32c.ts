const REVERSED_POLYNOMIAL = 0x82f63b78
const STEP_BYTES = 8

const FIRST_TABLE = Int32Array.from({ length: 256 }, (_, index) => {
  let remainder = index
  for (let bit = 0; bit < 8; bit++) {
    remainder = remainder & 1 ? (remainder >>> 1) ^ REVERSED_POLYNOMIAL : remainder >>> 1
  }
  return remainder
})

/** The table for a byte that one more byte follows, from the table for a byte without it. */
function nextTable(table: Int32Array): Int32Array {
  return table.map((remainder) => (remainder >>> 8) ^ (FIRST_TABLE[remainder & 0xff] ?? 0))
}

const T0 = FIRST_TABLE
const T1 = nextTable(T0)
const T2 = nextTable(T1)
const T3 = nextTable(T2)
const T4 = nextTable(T3)
const T5 = nextTable(T4)
const T6 = nextTable(T5)
const T7 = nextTable(T6)

/**
 * CRC-32C (Castagnoli), the checksum of record batches. node:zlib has only the other CRC-32. Takes eight bytes in
 * one step ("slicing by 8"), which takes less than half of the time of byte by byte.
 */
export function crc32c(bytes: Buffer): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const stepsEnd = bytes.length - (bytes.length % STEP_BYTES)
  let crc = -1
  for (let at = 0; at < stepsEnd; at += STEP_BYTES) {
    const low = crc ^ view.getInt32(at, true)
    const high = view.getInt32(at + 4, true)
    crc =
      (T7[low & 0xff] ?? 0) ^
      (T6[(low >>> 8) & 0xff] ?? 0) ^
      (T5[(low >>> 16) & 0xff] ?? 0) ^
      (T4[low >>> 24] ?? 0) ^
      (T3[high & 0xff] ?? 0) ^
      (T2[(high >>> 8) & 0xff] ?? 0) ^
      (T1[(high >>> 16) & 0xff] ?? 0) ^
      (T0[high >>> 24] ?? 0)
  }
  for (let at = stepsEnd; at < bytes.length; at++) {
    crc = (T0[(crc ^ view.getUint8(at)) & 0xff] ?? 0) ^ (crc >>> 8)
  }
  return (crc ^ -1) >>> 0
}
