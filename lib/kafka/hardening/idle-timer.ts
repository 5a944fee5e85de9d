/**
 * Each connection of kafkajs re-arms a timer of about a millisecond for ever, also when nothing waits
 * to be sent (tulios/kafkajs#1556, #1704): 3 to 4 % of a core per idle consumer, and a warning about
 * negative time-outs on Node 24 (#1751). The timer is only needed while a request is queued.
 */
interface RequestQueueInternals {
  pending: unknown[]
  scheduleCheckPendingRequests(): void
}

export const file = 'src/network/requestQueue/index.js'
export const methods = ['scheduleCheckPendingRequests']

export function rewrite(original: unknown): unknown {
  const RequestQueue = original as new (...args: unknown[]) => RequestQueueInternals

  return class QuietRequestQueue extends RequestQueue {
    override scheduleCheckPendingRequests(): void {
      if (this.pending.length > 0) super.scheduleCheckPendingRequests()
    }
  }
}
