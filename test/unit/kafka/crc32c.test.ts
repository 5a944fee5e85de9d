import assert from 'node:assert/strict'
import { crc32c } from '../../../lib/kafka/records/crc32c'
import { crc32c as byteByByte } from '../../../tools/emulator/protocol/crc32c'

describe('crc32c of a batch to be written', () => {
  it('gives the check values of RFC 3720', () => {
    assert.equal(crc32c(Buffer.from('123456789')), 0xe3069283)
    assert.equal(crc32c(Buffer.alloc(32)), 0x8a9136aa)
    assert.equal(crc32c(Buffer.alloc(32, 0xff)), 0x62a8ab43)
  })

  it('is the same in steps of eight bytes as byte by byte, at any place of a buffer and for any length', () => {
    const bytes = Buffer.from(Array.from({ length: 80 }, (_, index) => (index * 151 + 7) & 0xff))
    for (let from = 0; from < 9; from++) {
      for (let end = from; end <= bytes.length; end++) {
        const part = bytes.subarray(from, end)
        assert.equal(crc32c(part), byteByByte(part), `${from} to ${end}`)
      }
    }
  })
})
