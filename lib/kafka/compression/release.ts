import { MessageChannel, type MessagePort } from 'node:worker_threads'

/** Smaller ones may lie in a pool with others, and are not worth it. */
const WORTH_IT = 1_048_576

/**
 * Gives the memory of a large Buffer back at once. The garbage collector does not see how large it is,
 * and leaves several: 230 MiB were resident where 64 were in use, as measured with Node.js 24. Sent to a
 * port that nobody reads, the memory changes hands and is dropped; ArrayBuffer.prototype.transfer, which
 * says so more plainly, comes with Node.js 22.
 *
 * @param buffer that nothing refers to any more; it is empty afterwards
 */
export function release({ buffer }: Buffer): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength >= WORTH_IT) {
    nowhere.postMessage(null, [buffer])
  }
}

const nowhere = unreadPort()

function unreadPort(): MessagePort {
  const { port1, port2 } = new MessageChannel()
  port2.close()
  return port1
}
