// Runs the runtime suite on Node-RED 5 with Node.js 24. With --short it leaves out what depends on the
// service, the data and the clock, and not on the version of Node-RED. Other arguments go to mocha.
import { installNodeRed5, mocha } from './node-red-5.mjs'

const SHORT = '--short'

const LEFT_OUT = [
  'bad-input/{access-key,certificate,group-limit,host-not-found,logstore-not-found,unreachable}',
  'monitoring/*',
  '{clock,codecs,hostile-batches,hostile-records}',
].map((tests) => `dist/test/runtime/${tests}.test.js`)

const given = process.argv.slice(2)
const isShort = given.includes(SHORT)
if (isShort) console.log(`without ${LEFT_OUT.join(', ')}`)
mocha(
  [
    ...['--config', 'test/runtime/.mocharc.json'],
    ...(isShort ? LEFT_OUT.flatMap((tests) => ['--ignore', tests]) : []),
    ...given.filter((argument) => argument !== SHORT),
  ],
  installNodeRed5(),
)
