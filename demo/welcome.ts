import type { RunningDemo } from './demo'
import { USUAL_PORT } from './options'

/** What to look at, printed once everything runs. */
export function welcome(
  { url, bootstrap }: Pick<RunningDemo, 'url' | 'bootstrap'>,
  { isOtherPort, file }: { isOtherPort: boolean; file: string | undefined },
): string {
  return [
    '',
    ...(isOtherPort ? [`Port ${USUAL_PORT} is taken, so Node-RED has another one.`, ''] : []),
    `  Open        ${url}`,
    '',
    '  Look        The tab "SLS logstore" reads records; counts stand under the nodes.',
    '              Click the bug icon at the top right: the debug panel shows the records.',
    '  Break       Row 2: the database down, and up again. Row 3: the endpoint off, or Node-RED',
    '              killed by kill -9. The counter of row 2 ends at "missing 0".',
    '  Click       The button left of "Burst of 100,000 records", and go on using the editor.',
    file === undefined
      ? '  Your logs   npm run demo -- --file access.log'
      : `  Your logs   the lines of ${file}`,
    `  Endpoint    ${bootstrap} (Bootstrap in the dialog of the project)`,
    '',
    'The tab is made anew at each start: export what you want to keep. Ctrl-C stops everything.',
    '',
  ].join('\n')
}
