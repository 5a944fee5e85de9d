import { connect, type Socket } from 'node:net'
import { encodeMessage } from './message-codec'

/** The way of messages out of Node-RED to the test process. */
export interface Report {
  add: (message: object) => void
  /** Calls back when all messages so far are sent, or the connection is closed. */
  flush: (done?: () => void) => void
}

/**
 * One connection for each port, kept as long as the process lives: nodes that close still send
 * statuses, and those are to arrive although the sink node is closed in the same moment.
 */
const reports = new Map<number, Report>()

export function reportTo(port: number): Report {
  let report = reports.get(port)
  if (report === undefined) {
    const socket = connect({ host: '127.0.0.1', port })
    // A test may stop its sink first; that must not take Node-RED down.
    socket.on('error', () => socket.destroy())
    socket.once('close', () => reports.delete(port))
    report = createReport(socket)
    reports.set(port, report)
  }
  return report
}

/** Joins the lines of one turn of the event loop into one write: a write each is slow for 100,000. */
function createReport(socket: Socket): Report {
  let lines: string[] = []
  const flush = (done?: () => void): void => {
    const text = lines.join('')
    lines = []
    if (socket.destroyed) done?.()
    else socket.write(text, () => done?.())
  }
  return {
    add: (message) => {
      if (lines.push(`${encodeMessage(message)}\n`) === 1) {
        setImmediate(() => {
          flush()
        })
      }
    },
    flush,
  }
}
