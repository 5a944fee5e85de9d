import { randomBytes } from 'node:crypto'

const PROCESS_PREFIX = randomBytes(4).toString('hex')
const COUNTS = 2 ** 32

let count = 0

/**
 * Creates a message id of 16 hexadecimal digits, as Node-RED does. Node-RED draws random numbers for each id; a
 * counter takes a tenth of the time.
 */
export function nextMessageId(): string {
  count = (count + 1) % COUNTS
  return PROCESS_PREFIX + count.toString(16).padStart(8, '0')
}
