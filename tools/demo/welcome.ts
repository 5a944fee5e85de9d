import type { RunningDemo } from './demo'
import { USUAL_PORT } from './options'

/** The text that is printed when the demo is ready. */
export function welcome(
  { url, bootstrap }: Pick<RunningDemo, 'url' | 'bootstrap'>,
  { isOtherPort, file }: { isOtherPort: boolean; file: string | undefined },
): string {
  return [
    '',
    ...(isOtherPort ? [`Port ${USUAL_PORT} is taken, so Node-RED uses another one.`, ''] : []),
    `  Open        ${url}`,
    '',
    '  Read        The tab "SLS logstore" reads records. The status of each node shows a count.',
    '              Open the debug panel (bug icon) to see the records.',
    '  Break       Row 2 stops and starts the database. Row 3 turns the endpoint off, or ends Node-RED',
    '              by kill -9. Each time, the counter of row 2 returns to "missing 0". While the database',
    '              is down, up to 20 orders are missing, as expected, and wait for the next attempt.',
    '  Write       Row 4 reads orders, enriches them, writes them and reads them back. Its button turns',
    '              the endpoint off; in the end its counter returns to "missing 0".',
    '  Watch       Menu, View, SLS monitor: rate, delay and errors of all nodes.',
    '  Load        Press the button of "Burst of 100,000 records", and go on using the editor.',
    file === undefined
      ? '  Your logs   npm run demo -- --file access.log'
      : `  Your logs   The lines of ${file}`,
    '  Your flow   Drag "sls in" and a Debug node into it, wire them, and choose the project of the demo',
    '              and the logstore shop-log.',
    `  Emulator    ${bootstrap} (Bootstrap in the dialog of the project)`,
    '',
    'Each start replaces the tab: export what you want to keep. Press Ctrl-C to stop the demo.',
    '',
  ].join('\n')
}
