import { setTimeout as delay } from 'node:timers/promises'
import { waitUntil } from '../shared/polling'
import { BUTTON, press, STEP_LIMITS, STEP_MS } from './check-steps'
import type { DemoState, RunningDemo } from './demo'

type Demo = Pick<RunningDemo, 'url' | 'state' | 'endOrders'>

/** `maxInFlight` in the flow: no more orders than that can be in the flow and not stored. */
export const MAX_IN_FLIGHT = 20
const FIRST_ORDERS = 100
/** Several tries fail meanwhile. */
const DATABASE_DOWN_MS = 4_000

/**
 * Breaks the database, the endpoint and Node-RED in turn, by the buttons of the demo tab, and mends
 * them. Rejects with the reason if an order is missing in the end, or if it takes too long.
 */
export async function checkOrders(demo: Demo, print: (line: string) => void): Promise<void> {
  const start = Date.now()
  const tell = (what: string): void => {
    print(`${what.padEnd(46)}${summary(demo.state())}`)
  }
  /** Everything that was in the logstore when it began is stored in the end. */
  const caughtUp = async (what: string): Promise<void> => {
    const { given } = demo.state()
    await until(demo, what, ({ stored, missing }) => stored >= given && missing === 0)
    tell(what)
  }

  await until(demo, 'the first orders', ({ stored }) => stored >= FIRST_ORDERS)
  tell('The database is up')

  await press(demo, BUTTON.databaseDown)
  await until(demo, 'missing orders', ({ missing }) => missing > 0)
  await delay(DATABASE_DOWN_MS)
  tell('The database is down')
  const { missing } = demo.state()
  if (missing > MAX_IN_FLIGHT) {
    throw new Error(
      `${missing} orders are missing while the database is down, and maxInFlight is ${MAX_IN_FLIGHT}`,
    )
  }
  await press(demo, BUTTON.databaseUp)
  await caughtUp('The database is up again')

  await press(demo, BUTTON.endpointOff)
  await until(demo, 'the endpoint to be off', ({ outageSecondsLeft }) => outageSecondsLeft > 0)
  tell(`The endpoint is off for ${demo.state().outageSecondsLeft} s`)
  await until(demo, 'the endpoint to be on', ({ outageSecondsLeft }) => outageSecondsLeft === 0)
  await caughtUp('The endpoint is on again')

  const { nodeRedStarts } = demo.state()
  await press(demo, BUTTON.killNodeRed)
  await until(demo, 'Node-RED to be killed', ({ isNodeRedUp }) => !isNodeRedUp)
  tell('Node-RED is killed (kill -9)')
  await until(demo, 'Node-RED to be started', (state) => state.nodeRedStarts > nodeRedStarts)
  await caughtUp('Node-RED is started again')

  await demo.endOrders()
  await until(demo, 'the last order', ({ given, stored }) => stored >= given)
  tell('The last order is stored')
  await flowSaysSo(demo)
  const { given, repeated } = demo.state()
  const seconds = ((Date.now() - start) / 1_000).toFixed(1)
  print(`\nIt works: of ${given} orders none is missing; ${repeated} came again (${seconds} s).`)
}

function summary({ received, stored, missing, repeated }: DemoState): string {
  return `received ${received} · stored ${stored} · missing ${missing} · repeated ${repeated}`
}

async function until(
  demo: Demo,
  what: string,
  isReached: (state: DemoState) => boolean,
): Promise<void> {
  const explain = (): string => timeoutText(what, demo.state())
  await waitUntil(() => isReached(demo.state()), explain, STEP_LIMITS)
}

function timeoutText(what: string, state: DemoState): string {
  const { given, stored, missing } = state
  const problem =
    missing > 0 ? `${missing} orders are missing` : `${given - stored} orders have not come`
  return `after ${STEP_MS / 1_000} s ${problem} (${what}: ${summary(state)})`
}

/** The counter of the demo tab shows the same in the end. */
async function flowSaysSo({ url, state }: Demo): Promise<void> {
  const { stored } = state()
  let shown: number | undefined
  const isShown = async (): Promise<boolean> => {
    const response = await fetch(`${url}/demo/counts`, { signal: AbortSignal.timeout(STEP_MS) })
    shown = ((await response.json()) as { orders?: { stored?: number } }).orders?.stored
    return shown === stored
  }
  const explain = (): string =>
    `the counter of the demo tab shows ${String(shown)} instead of ${stored}`
  await waitUntil(isShown, explain, STEP_LIMITS)
}
