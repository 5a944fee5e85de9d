import { randomBytes } from 'node:crypto'

const OF_THIS_PROCESS = randomBytes(4).toString('hex')
const MOST = 2 ** 32

let count = 0

/**
 * 16 hexadecimal digits, like the ids that Node-RED gives to messages without one. It draws random
 * numbers for each; counting takes a tenth of that.
 */
export function nextMessageId(): string {
  count = (count + 1) % MOST
  return OF_THIS_PROCESS + count.toString(16).padStart(8, '0')
}
