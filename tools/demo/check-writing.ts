import { waitUntil } from '../shared/polling'
import { BUTTON, press, STEP_LIMITS, STEP_MS } from './check-steps'
import type { DemoState, RunningDemo } from './demo'

type Demo = Pick<RunningDemo, 'url' | 'state'>
type Print = (line: string) => void

const FIRST_ORDERS = 100

/** Turns the endpoint off while the flow writes. Rejects if an order that was made by then does not come back. */
export async function checkWriting(demo: Demo, print: Print): Promise<void> {
  await until(demo, 'the first orders', ({ readBack }) => readBack >= FIRST_ORDERS)
  print(line('Orders are written and read back', demo.state()))
  await press(demo, BUTTON.endpointOffWhileWriting)
  await until(demo, 'the endpoint to be off', ({ outageSecondsLeft }) => outageSecondsLeft > 0)
  print(line('The endpoint is off while the flow writes', demo.state()))
  await until(demo, 'the endpoint to be on', ({ outageSecondsLeft }) => outageSecondsLeft === 0)
  await checkReadBack(demo, print)
}

/** Resolves when all orders that were made before have been written and read back. */
export async function checkReadBack(demo: Demo, print: Print): Promise<void> {
  const { given } = demo.state()
  await until(demo, 'all orders', ({ readBack }) => readBack >= given)
  await until(demo, 'missing orders', ({ readBackMissing }) => readBackMissing === 0)
  print(line('All orders are written and read back', demo.state()))
}

async function until(
  demo: Demo,
  what: string,
  isReached: (state: DemoState) => boolean,
): Promise<void> {
  const explain = (): string =>
    `${line(`after ${STEP_MS / 1_000} s, waiting for ${what}:`, demo.state())} of ${demo.state().given}`
  await waitUntil(() => isReached(demo.state()), explain, STEP_LIMITS)
}

function line(what: string, { readBack, readBackMissing, readBackTwice }: DemoState): string {
  return `${what.padEnd(46)}read back ${readBack} · missing ${readBackMissing} · twice ${readBackTwice}`
}
